//! Text to lines of positioned glyphs.
//!
//! parley chooses fonts from those the system has, shapes and breaks lines; what comes out is kept
//! as krilla's glyphs, ready to be drawn at any place. Fonts and shaping caches live as long as the
//! [`Typesetter`], which is what makes the second page fast.
//!
//! A letter that no font can draw stops the document with an error that says what to install: a
//! name with a hole in it is not a certificate. A symbol or emoji without a font becomes `□`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::layout::{Alignment, AlignmentOptions, Layout, Line as BrokenLine, Run};
use parley::style::{
    FontFamily, FontFamilyName, FontWeight, GenericFamily, Language as Locale, LineHeight, OverflowWrap, StyleProperty,
};
use parley::{FontContext, FontData, LayoutContext};
use skrifa::MetadataProvider as _;
use skrifa::raw::TableProvider as _;

use crate::clean::{STAND_IN, clean, is_han};
use crate::{Language, PrintError};

/// How often a text is laid out again after characters without a font were taken out of it.
const ROUNDS: usize = 8;

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Font size in points.
    pub size: f32,
    /// Whether the strokes are thick.
    pub bold: bool,
    /// Distance of baselines, as a multiple of the size.
    pub leading: f32,
    /// Whether lines are centred in their column.
    pub centred: bool,
}

/// A font as the system has it.
#[derive(Clone)]
pub(crate) struct Face {
    /// The file and the face in it.
    pub data: FontData,
    /// The place on its variation axes, normalised, in 2.14 fixed point.
    pub coordinates: Arc<[i16]>,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not its megabytes.
        f.debug_struct("Face")
            .field("index", &self.data.index)
            .finish_non_exhaustive()
    }
}

/// Glyphs of one font on one line.
#[derive(Debug, Clone)]
pub(crate) struct GlyphRun {
    /// The font they are of.
    pub font: Font,
    /// The same as it was found: where a printer of dots gets the letters' outlines from.
    pub face: Face,
    /// Font size in points.
    pub size: f32,
    /// Where they begin, in points from the line's left edge.
    pub x: f32,
    /// The glyphs in visual order.
    pub glyphs: Vec<KrillaGlyph>,
}

/// One line of text, to be drawn anywhere.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// The whole text that the glyphs' ranges refer to.
    pub text: Arc<str>,
    /// The runs from left to right.
    pub runs: Vec<GlyphRun>,
    /// From the line's top to its baseline, in points.
    pub baseline: f32,
    /// From the line's top to the next line's, in points.
    pub height: f32,
    /// The width of what is visible, in points.
    pub width: f32,
}

impl Line {
    /// How far the middle of the letters lies below the middle of the line, in points. Both Han
    /// characters and capitals have their middle about 0.37 em above the baseline.
    pub fn lift(&self) -> f32 {
        let size = self.runs.first().map_or(0.0, |run| run.size);
        self.baseline - 0.37 * size - self.height / 2.0
    }
}

/// The sum of the lines' heights, in points.
pub(crate) fn height(lines: &[Line]) -> f32 {
    lines.iter().map(|line| line.height).sum()
}

/// A font file, the face in it and the place on its variation axes.
type FontKey = (u64, u32, Vec<([u8; 4], u32)>);

/// Fonts and caches, to be kept between documents.
pub(crate) struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    loaded: HashMap<FontKey, Option<Font>>,
}

impl Typesetter {
    /// Lists the system's fonts; the slow part, so keep the result.
    pub fn new() -> Self {
        Self {
            fonts: FontContext::new(),
            layouts: LayoutContext::new(),
            loaded: HashMap::new(),
        }
    }

    /// Cleans `text` and breaks it into lines no wider than `width` points. An empty text has no
    /// lines.
    pub fn lines(&mut self, text: &str, style: Style, language: Language, width: f32) -> Result<Vec<Line>, PrintError> {
        let mut lines = Vec::new();
        // Each paragraph by itself: a line feed within a laid-out text can become part of a
        // cluster with the mark after it, which parley does not expect.
        for paragraph in clean(text).lines() {
            self.paragraph(paragraph, style, language, width, &mut lines)?;
        }
        Ok(lines)
    }

    fn paragraph(
        &mut self,
        text: &str,
        style: Style,
        language: Language,
        width: f32,
        lines: &mut Vec<Line>,
    ) -> Result<(), PrintError> {
        let mut text = Cow::Borrowed(text);
        for _ in 0..ROUNDS {
            if text.trim().is_empty() {
                return Ok(());
            }
            let layout = self.layout(&text, style, language, width);
            match self.without_fontless(&text, &layout, style, language)? {
                Some(shorter) => text = Cow::Owned(shorter),
                None => {
                    self.collect(&text, &layout, lines);
                    return Ok(());
                }
            }
        }
        // Each round removes what the one before complained of, so this needs a font that draws a
        // character only in company.
        Err(missing(&text))
    }

    fn layout(&mut self, text: &str, style: Style, language: Language, width: f32) -> Layout<()> {
        let families: &[FontFamilyName<'_>] = match language {
            Language::ZhHans => &[
                FontFamilyName::named("Noto Sans CJK SC"),
                FontFamilyName::named("Source Han Sans SC"),
                FontFamilyName::named("Noto Sans"),
                FontFamilyName::Generic(GenericFamily::SansSerif),
            ],
            Language::En => &[
                FontFamilyName::named("Noto Sans"),
                FontFamilyName::named("Noto Sans CJK SC"),
                FontFamilyName::named("Source Han Sans SC"),
                FontFamilyName::Generic(GenericFamily::SansSerif),
            ],
        };
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(Cow::Borrowed(families))));
        builder.push_default(StyleProperty::FontSize(style.size));
        let weight = if style.bold {
            FontWeight::BOLD
        } else {
            FontWeight::NORMAL
        };
        builder.push_default(StyleProperty::FontWeight(weight));
        builder.push_default(StyleProperty::Locale(Locale::parse(language.tag()).ok()));
        builder.push_default(LineHeight::FontSizeRelative(style.leading));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        let alignment = if style.centred {
            Alignment::Center
        } else {
            Alignment::Start
        };
        layout.align(alignment, AlignmentOptions::default());
        layout
    }

    /// The text without the characters that no font draws, `None` if there are none such.
    fn without_fontless(
        &mut self,
        text: &str,
        layout: &Layout<()>,
        style: Style,
        language: Language,
    ) -> Result<Option<String>, PrintError> {
        let mut lost = self.fontless(text, layout);
        lost.sort_by_key(|range| range.start);
        let mut kept = String::new();
        let mut from = 0;
        for range in &lost {
            let (Some(before), Some(cluster)) = (text.get(from..range.start), text.get(range.clone())) else {
                continue;
            };
            kept.push_str(before);
            from = range.end;
            let mut characters = cluster.chars();
            match (characters.next(), characters.next()) {
                // A base with marks: the base by itself.
                (Some(base), Some(_)) => kept.push(base),
                (Some(letter), None) if letter.is_alphabetic() => {
                    // A letter may have a font by itself and none in company of the mark or joiner
                    // after it. Such a mark goes; a letter never does.
                    let mark = text.get(from..).and_then(|rest| rest.chars().next());
                    let mark = mark.filter(|c| !c.is_alphanumeric() && !c.is_ascii());
                    let alone = self.layout(&letter.to_string(), style, language, f32::MAX);
                    match mark {
                        Some(mark) if self.fontless(&letter.to_string(), &alone).is_empty() => {
                            kept.push(letter);
                            from += mark.len_utf8();
                        }
                        _ => return Err(missing(cluster)),
                    }
                }
                (Some(STAND_IN), None) => {}
                _ => kept.push(STAND_IN),
            }
        }
        kept.push_str(text.get(from..).unwrap_or_default());
        Ok(if lost.is_empty() { None } else { Some(kept) })
    }

    /// Where in the text no font draws what has to leave a trace on paper.
    fn fontless(&mut self, text: &str, layout: &Layout<()>) -> Vec<Range<usize>> {
        let mut lost = Vec::new();
        for line in layout.lines() {
            for run in line.runs() {
                let usable = self.font(&run).is_some();
                for cluster in run.clusters() {
                    let drawn = usable && cluster.glyphs().all(|glyph| glyph.id != 0);
                    let range = cluster.text_range();
                    let visible = |c: char| !c.is_whitespace() && !matches!(c, '\u{200c}' | '\u{200d}');
                    if !drawn && text.get(range.clone()).is_some_and(|said| said.contains(visible)) {
                        lost.push(range);
                    }
                }
            }
        }
        lost
    }

    fn collect(&mut self, text: &str, layout: &Layout<()>, lines: &mut Vec<Line>) {
        let text: Arc<str> = text.into();
        for line in layout.lines() {
            lines.push(self.line(&text, &line));
        }
    }

    fn line(&mut self, text: &Arc<str>, line: &BrokenLine<'_, ()>) -> Line {
        let metrics = line.metrics();
        let mut x = metrics.offset;
        let mut runs = Vec::new();
        for run in line.runs() {
            let start = x;
            let size = run.font_size();
            let mut glyphs: Vec<KrillaGlyph> = Vec::new();
            for cluster in run.visual_clusters() {
                if cluster.is_ligature_continuation() {
                    if let Some(glyph) = glyphs.last_mut() {
                        let range = cluster.text_range();
                        glyph.text_range.start = glyph.text_range.start.min(range.start);
                        glyph.text_range.end = glyph.text_range.end.max(range.end);
                    }
                    continue;
                }
                for glyph in cluster.glyphs() {
                    x += glyph.advance;
                    glyphs.push(KrillaGlyph::new(
                        GlyphId::new(glyph.id),
                        glyph.advance / size,
                        glyph.x / size,
                        glyph.y / size,
                        0.0,
                        cluster.text_range(),
                        None,
                    ));
                }
            }
            if let Some(font) = self.font(&run)
                && !glyphs.is_empty()
            {
                runs.push(GlyphRun {
                    font,
                    face: Face {
                        data: run.font().clone(),
                        coordinates: run.normalized_coords().into(),
                    },
                    size,
                    x: start,
                    glyphs,
                });
            }
        }
        Line {
            text: Arc::clone(text),
            runs,
            baseline: metrics.baseline - metrics.block_min_coord,
            height: metrics.line_height,
            width: metrics.advance - metrics.trailing_whitespace,
        }
    }

    /// The run's font for krilla; `None` for one without outlines or with coloured pictures, which
    /// an archival PDF could only hold as images.
    fn font(&mut self, run: &Run<'_, ()>) -> Option<Font> {
        let data = run.font();
        let synthesis = run.synthesis();
        let place: Vec<_> = synthesis
            .variation_settings()
            .iter()
            .map(|(tag, value)| (tag.to_be_bytes(), value.to_bits()))
            .collect();
        let key = (data.data.id(), data.index, place);
        if let Some(font) = self.loaded.get(&key) {
            return font.clone();
        }
        let font = has_plain_outlines(data.data.data(), data.index).then(|| {
            let (bytes, _) = data.data.clone().into_raw_parts();
            let coordinates: Vec<_> = key
                .2
                .iter()
                .map(|(tag, value)| (krilla::text::Tag::new(tag), f32::from_bits(*value)))
                .collect();
            Font::new_variable(bytes.into(), data.index, &coordinates)
        });
        let font = font.flatten();
        self.loaded.insert(key, font.clone());
        font
    }
}

fn missing(text: &str) -> PrintError {
    if text.chars().any(is_han) {
        PrintError::Font {
            writing: "Chinese",
            package: "fonts-noto-cjk (Noto Sans CJK SC)",
        }
    } else {
        PrintError::Font {
            writing: "other",
            package: "fonts-noto-core (Noto Sans)",
        }
    }
}

fn has_plain_outlines(data: &[u8], index: u32) -> bool {
    skrifa::FontRef::from_index(data, index).is_ok_and(|font| {
        font.outline_glyphs().format().is_some()
            && font.colr().is_err()
            && font.svg().is_err()
            && font.cbdt().is_err()
            && font.sbix().is_err()
    })
}
