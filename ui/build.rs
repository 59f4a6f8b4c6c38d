//! Compiles the .slint files and embeds the pictures, so that the program needs no file beside it.

fn main() -> Result<(), slint_build::CompileError> {
    let config = slint_build::CompilerConfiguration::new()
        .embed_resources(slint_build::EmbedResourcesKind::EmbedFiles)
        // Element ids, by which the tests find what they measure.
        .with_debug_info(true);
    slint_build::compile_with_config("main.slint", config)
}
