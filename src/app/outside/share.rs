//! Getting a file to the family: by mail where the machine has a mail program, else by showing where the file is.

use std::ffi::OsStr;
use std::path::Path;

use anban_core::effect::Shared;

use super::desktop;

/// Opens a letter with the file attached, or the folder in which it is.
pub fn share(file: &Path) -> Shared {
    if !file.is_file() {
        tracing::warn!("the file that was to be shared is gone");
        return Shared::Nothing;
    }
    if desktop::somebody_opens("x-scheme-handler/mailto") && letter(file) {
        return Shared::Letter;
    }
    let folder = file.parent().filter(|_| desktop::somebody_opens("inode/directory"));
    match folder.map(open::that_detached) {
        Some(Ok(())) => Shared::Folder,
        _ => Shared::Nothing,
    }
}

/// Hands the file to the mail program. Some of these stay for as long as their window is open, so one that has not
/// ended in time has taken it.
fn letter(file: &Path) -> bool {
    let Some(mut child) = desktop::start("xdg-email", &[OsStr::new("--attach"), file.as_os_str()]) else {
        return false;
    };
    match desktop::ended(&mut child) {
        Some(status) => status.success(),
        None => {
            let _ = std::thread::Builder::new()
                .name("letter".to_owned())
                .spawn(move || child.wait());
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_is_not_handed_to_anybody() {
        assert_eq!(share(Path::new("/no/such/folder/health.pdf")), Shared::Nothing);
    }
}
