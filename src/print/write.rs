//! Draws laid-out pages into a tagged PDF.
//!
//! Both of krilla's validators are on, PDF/UA-1 (ISO 14289-1: a screen reader can read it) and
//! PDF/A-3a (ISO 19005-3: it can be opened in thirty years), so a page that breaks either is an
//! error here and never a file. The structure: a section for each sheet with a heading, the state,
//! a table of the facts, the symbol as a figure with its description, and the notes.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, LineCap, LineJoin, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::{Document, SerializeSettings};

use crate::clean::clean;
use crate::page::{Content, HEIGHT, Page, Part, WIDTH};
use crate::paint::{Ink, colour};
use crate::typeset::Line;
use crate::{PrintError, Sheet};

/// What has been drawn for each part, for the structure tree.
#[derive(Default)]
struct Drawn {
    parts: BTreeMap<Part, Vec<Identifier>>,
    symbol: Option<BBox>,
}

impl Drawn {
    /// The part as one element of the structure, `None` if nothing of it was drawn.
    fn group(&mut self, part: Part, tag: impl Into<krilla::tagging::TagKind>) -> Option<TagGroup> {
        let children = self.parts.remove(&part)?;
        Some(TagGroup::with_children(
            tag,
            children.into_iter().map(Into::into).collect(),
        ))
    }
}

/// Writes the document.
pub(crate) fn write(sheets: &[(&Sheet, Vec<Page>)], made_at: Timestamp) -> Result<Vec<u8>, PrintError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| PrintError::Pdf("its two standards exclude each other".to_owned()))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        enable_tagging: true,
        ..SerializeSettings::default()
    });
    let mut tree = TagTree::new();
    let mut outline = Outline::new();
    let mut pages_before = 0;
    for (sheet, pages) in sheets {
        let mut drawn = Drawn::default();
        for (place, page) in pages.iter().enumerate() {
            draw_page(&mut document, page, pages_before + place, &mut drawn)?;
        }
        let title = one_line(&sheet.title);
        let top = XyzDestination::new(pages_before, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(title, top));
        tree.push(structure(sheet, &mut drawn));
        pages_before += pages.len();
    }
    document.set_tag_tree(tree);
    document.set_outline(outline);
    if let Some((first, _)) = sheets.first() {
        document.set_metadata(
            Metadata::new()
                .title(one_line(&first.title))
                .language(first.language.tag().to_owned())
                .creator("Anban".to_owned())
                .creation_date(date(made_at)),
        );
    }
    document.finish().map_err(|error| PrintError::Pdf(error.to_string()))
}

fn draw_page(document: &mut Document, page: &Page, number: usize, drawn: &mut Drawn) -> Result<(), PrintError> {
    let settings =
        PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PrintError::Pdf("the page has no size".to_owned()))?;
    let mut pdf_page = document.start_page_with(settings);
    let mut surface = pdf_page.surface();
    for (part, content) in &page.items {
        let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
        let tag = match part {
            Part::Decoration => artifact(ArtifactType::Layout),
            Part::HeadAgain => artifact(ArtifactType::Header),
            Part::FootAgain => artifact(ArtifactType::Footer),
            Part::PageNumber => artifact(ArtifactType::PageNumber),
            Part::Code => ContentTag::Other,
            _ => ContentTag::Span(SpanTag::empty()),
        };
        let identifier = surface.start_tagged(tag);
        match content {
            Content::Text { line, x, y, colour } => draw_line(&mut surface, line, *x, *y, *colour),
            Content::Drawing((path, ink)) => draw_path(&mut surface, path, *ink),
            Content::Symbol((path, ink), area) => {
                draw_path(&mut surface, path, *ink);
                drawn.symbol = Some(BBox::new(number, *area));
            }
        }
        surface.end_tagged();
        if !matches!(tag, ContentTag::Artifact(_)) {
            drawn.parts.entry(*part).or_default().push(identifier);
        }
    }
    surface.finish();
    pdf_page.finish();
    Ok(())
}

fn draw_line(surface: &mut Surface<'_>, line: &Line, x: f32, y: f32, rgb: [u8; 3]) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill {
        paint: colour(rgb).into(),
        ..Fill::default()
    }));
    for run in &line.runs {
        let start = Point::from_xy(x + run.x, y + line.baseline);
        surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &line.text, run.size, false);
    }
}

fn draw_path(surface: &mut Surface<'_>, path: &krilla::geom::Path, ink: Ink) {
    let (fill, stroke) = match ink {
        Ink::Fill(rgb) => (
            Some(Fill {
                paint: colour(rgb).into(),
                ..Fill::default()
            }),
            None,
        ),
        Ink::Stroke(rgb, width) => {
            let stroke = Stroke {
                paint: colour(rgb).into(),
                width,
                line_cap: LineCap::Round,
                line_join: LineJoin::Round,
                opacity: NormalizedF32::ONE,
                ..Stroke::default()
            };
            (None, Some(stroke))
        }
    };
    surface.set_fill(fill);
    surface.set_stroke(stroke);
    surface.draw_path(path);
}

/// The sheet's section, in the order in which it is to be read aloud.
fn structure(sheet: &Sheet, drawn: &mut Drawn) -> TagGroup {
    let section = Tag::Section.with_lang(Some(sheet.language.tag().to_owned()));
    let mut section = TagGroup::new(section);
    let heading = Tag::Hn(NonZeroU16::MIN, Some(one_line(&sheet.title)));
    for group in [drawn.group(Part::Title, heading), drawn.group(Part::State, Tag::P)] {
        section.children.extend(group.map(Into::into));
    }
    let mut table = TagGroup::new(Tag::Table);
    for number in 0..sheet.facts.len() {
        let label = drawn.group(Part::Label(number), Tag::TH(TableHeaderScope::Row));
        let value = drawn.group(Part::Value(number), Tag::TD);
        if label.is_some() || value.is_some() {
            let mut row = TagGroup::new(Tag::TR);
            row.push(label.unwrap_or_else(|| TagGroup::new(Tag::TH(TableHeaderScope::Row))));
            row.push(value.unwrap_or_else(|| TagGroup::new(Tag::TD)));
            table.push(row);
        }
    }
    if !table.children.is_empty() {
        section.push(table);
    }
    if let Some(code) = &sheet.code {
        // A figure must say what it shows; with nothing given, what the paper is will do.
        let alt = Some(clean(&code.alt)).filter(|alt| !alt.is_empty());
        let alt = alt.unwrap_or_else(|| one_line(&sheet.title));
        let figure = Tag::Figure(Some(alt)).with_bbox(drawn.symbol);
        section.children.extend(drawn.group(Part::Code, figure).map(Into::into));
        section
            .children
            .extend(drawn.group(Part::Caption, Tag::Caption).map(Into::into));
    }
    for number in 0..sheet.notes.len() {
        section
            .children
            .extend(drawn.group(Part::Note(number), Tag::P).map(Into::into));
    }
    section.children.extend(drawn.group(Part::Foot, Tag::P).map(Into::into));
    section
}

fn one_line(text: &str) -> String {
    clean(text).replace('\n', " ")
}

fn date(made_at: Timestamp) -> DateTime {
    let made_at = made_at.to_zoned(TimeZone::UTC);
    let small = |n: i8| u8::try_from(n).unwrap_or(0);
    DateTime::new(u16::try_from(made_at.year()).unwrap_or(0))
        .month(small(made_at.month()))
        .day(small(made_at.day()))
        .hour(small(made_at.hour()))
        .minute(small(made_at.minute()))
        .second(small(made_at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
