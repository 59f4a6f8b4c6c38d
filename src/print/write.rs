//! Draws laid-out pages into a tagged PDF.
//!
//! Both of krilla's validators are on, PDF/UA-1 (ISO 14289-1: a screen reader can read it) and
//! PDF/A-3a (ISO 19005-3: it can be opened in thirty years), so a page that breaks either is an
//! error here and never a file. The structure: a section for each sheet with a heading, the state,
//! the facts as rows of a table, the symbol as a figure with its description, and the notes, in the
//! order in which they were drawn, which is the one in which they are read.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point};
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
use crate::outline::{Outline as Shape, Segment};
use crate::page::{Content, Page, Part};
use crate::paint::{Ink, colour};
use crate::typeset::Line;
use crate::{PrintError, Sheet};

/// What has been drawn for each part, for the structure tree.
#[derive(Default)]
struct Drawn {
    /// The parts in the order in which they were first drawn.
    order: Vec<Part>,
    parts: BTreeMap<Part, Vec<Identifier>>,
    symbols: BTreeMap<Part, BBox>,
}

impl Drawn {
    fn add(&mut self, part: Part, identifier: Identifier) {
        let pieces = self.parts.entry(part).or_insert_with(|| {
            self.order.push(part);
            Vec::new()
        });
        pieces.push(identifier);
    }

    /// The part as one element of the structure; an empty one if nothing of it was drawn.
    fn group(&mut self, part: Part, tag: impl Into<krilla::tagging::TagKind>) -> TagGroup {
        let children = self.parts.remove(&part).unwrap_or_default();
        TagGroup::with_children(tag, children.into_iter().map(Into::into).collect())
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
    let settings = PageSettings::from_wh(page.width, page.height)
        .ok_or_else(|| PrintError::Pdf("the page has no size".to_owned()))?;
    let mut pdf_page = document.start_page_with(settings);
    let mut surface = pdf_page.surface();
    for (part, content) in &page.items {
        let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
        let tag = match part {
            Part::Decoration => artifact(ArtifactType::Layout),
            Part::HeadAgain => artifact(ArtifactType::Header),
            Part::FootAgain => artifact(ArtifactType::Footer),
            Part::PageNumber => artifact(ArtifactType::PageNumber),
            Part::Code(_) => ContentTag::Other,
            _ => ContentTag::Span(SpanTag::empty()),
        };
        let identifier = surface.start_tagged(tag);
        match content {
            Content::Text { line, x, y, colour } => draw_line(&mut surface, line, *x, *y, *colour),
            Content::Drawing((shape, ink)) => draw_shape(&mut surface, shape, *ink),
            Content::Symbol((shape, ink), area) => {
                draw_shape(&mut surface, shape, *ink);
                drawn.symbols.insert(*part, BBox::new(number, *area));
            }
        }
        surface.end_tagged();
        if part.is_read() {
            drawn.add(*part, identifier);
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

fn path(shape: &Shape) -> Option<Path> {
    let mut path = PathBuilder::new();
    for segment in shape.segments() {
        match segment {
            Segment::Move((x, y)) => path.move_to(x, y),
            Segment::Line((x, y)) => path.line_to(x, y),
            Segment::Curve(a, b, to) => path.cubic_to(a.0, a.1, b.0, b.1, to.0, to.1),
            Segment::Close => path.close(),
        }
    }
    path.finish()
}

fn draw_shape(surface: &mut Surface<'_>, shape: &Shape, ink: Ink) {
    let Some(path) = path(shape) else { return };
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
    surface.draw_path(&path);
}

/// The sheet's section. A screen reader follows the order in which the parts were drawn; rows of
/// facts that follow one another are one table.
fn structure(sheet: &Sheet, drawn: &mut Drawn) -> TagGroup {
    let section = Tag::Section.with_lang(Some(sheet.language.tag().to_owned()));
    let mut section = TagGroup::new(section);
    let mut rows: Vec<TagGroup> = Vec::new();
    for part in std::mem::take(&mut drawn.order) {
        if !matches!(part, Part::Label(_) | Part::Value(_)) && !rows.is_empty() {
            section.push(TagGroup::with_children(
                Tag::Table,
                rows.drain(..).map(Into::into).collect(),
            ));
        }
        let group = match part {
            // The value comes with its label; by itself it stands only where the label is empty.
            Part::Label(number) => {
                rows.push(row(number, drawn));
                continue;
            }
            Part::Value(number) => {
                if drawn.parts.contains_key(&part) {
                    rows.push(row(number, drawn));
                }
                continue;
            }
            Part::Title => drawn.group(part, Tag::Hn(NonZeroU16::MIN, Some(one_line(&sheet.title)))),
            Part::Code(number) => figure(sheet, part, number, drawn),
            Part::Caption(_) => drawn.group(part, Tag::Caption),
            _ => drawn.group(part, Tag::P),
        };
        section.push(group);
    }
    if !rows.is_empty() {
        section.push(TagGroup::with_children(
            Tag::Table,
            rows.into_iter().map(Into::into).collect(),
        ));
    }
    section
}

fn row(number: usize, drawn: &mut Drawn) -> TagGroup {
    let mut row = TagGroup::new(Tag::TR);
    row.push(drawn.group(Part::Label(number), Tag::TH(TableHeaderScope::Row)));
    row.push(drawn.group(Part::Value(number), Tag::TD));
    row
}

/// A figure must say what it shows; with nothing given, what the paper is will do.
fn figure(sheet: &Sheet, part: Part, number: usize, drawn: &mut Drawn) -> TagGroup {
    let alt = sheet.codes.get(number).map(|code| clean(&code.alt));
    let alt = alt.filter(|alt| !alt.is_empty());
    let alt = alt.unwrap_or_else(|| one_line(&sheet.title));
    let area = drawn.symbols.remove(&part);
    drawn.group(part, Tag::Figure(Some(alt)).with_bbox(area))
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
