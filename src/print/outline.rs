//! Lines and shapes, in points from a page's top left corner.
//!
//! The same shapes go into a PDF and, as dots, to a receipt printer, so they are kept as plain
//! segments and given to either when they are drawn.

/// A point: right of the page's left edge, below its top edge.
pub(crate) type Point = (f32, f32);

/// A step of an outline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Segment {
    /// Lifts the pen to a point.
    Move(Point),
    /// A straight line.
    Line(Point),
    /// A cubic Bézier curve: two handles and its end.
    Curve(Point, Point, Point),
    /// Back to where the pen was put down.
    Close,
}

/// One or more lines or shapes drawn as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Outline(Vec<Segment>);

impl Outline {
    /// Its steps.
    pub fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        self.0.iter().copied()
    }

    /// Adds a step.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Adds a straight line.
    pub fn push_line(&mut self, from: Point, to: Point) {
        self.0.extend([Segment::Move(from), Segment::Line(to)]);
    }

    /// Adds a rectangle.
    pub fn push_rectangle(&mut self, left: f32, top: f32, right: f32, bottom: f32) {
        self.0.extend([
            Segment::Move((left, top)),
            Segment::Line((right, top)),
            Segment::Line((right, bottom)),
            Segment::Line((left, bottom)),
            Segment::Close,
        ]);
    }

    /// Moves all of it.
    pub fn shift(&mut self, right: f32, down: f32) {
        let shift = |point: &mut Point| *point = (point.0 + right, point.1 + down);
        for segment in &mut self.0 {
            match segment {
                Segment::Move(to) | Segment::Line(to) => shift(to),
                Segment::Curve(from, towards, to) => [from, towards, to].into_iter().for_each(shift),
                Segment::Close => {}
            }
        }
    }
}
