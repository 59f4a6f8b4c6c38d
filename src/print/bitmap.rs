//! Black and white dots: what a receipt printer prints.
//!
//! Receipt printers have fonts of their own, few of them with Chinese and none with all of it. A
//! picture prints on every one of them, so a receipt is sent as dots.

use crate::PrintError;

/// Dots of a whole receipt, row by row from the top. 576 dots a row are the 72 mm that an 80 mm
/// printer prints, at 203 dots an inch (8 a millimetre).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    /// Dots in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Each row in [`Self::row_bytes`] bytes, the leftmost dot in a byte's highest bit, `1` is
    /// black. What is left of a row's last byte is white.
    pub rows: Vec<u8>,
}

impl Bitmap {
    /// White all over.
    ///
    /// # Errors
    /// [`PrintError::TooLong`] beyond [`MAX_DOTS`].
    pub fn white(width: usize, height: usize) -> Result<Self, PrintError> {
        match width.checked_mul(height) {
            Some(dots) if dots <= MAX_DOTS => Ok(Self {
                width,
                height,
                rows: vec![0; width.div_ceil(8) * height],
            }),
            _ => Err(PrintError::TooLong),
        }
    }

    /// The bytes of one row.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// Makes a dot black; one outside the picture is passed over.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x < self.width
            && let Some(byte) = self.rows.get_mut(y * self.width.div_ceil(8) + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Whether a dot is black; outside the picture all is white.
    #[must_use]
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width
            && self
                .rows
                .get(y * self.row_bytes() + x / 8)
                .is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }
}

/// The most dots of one bitmap: A4 with 600 dots an inch, or seven metres of receipt.
pub const MAX_DOTS: usize = 4961 * 7017;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_leftmost_dot_is_the_highest_bit_and_the_last_byte_is_filled_up_with_white() {
        let mut bitmap = Bitmap::white(10, 2).unwrap();
        bitmap.blacken(0, 0);
        bitmap.blacken(9, 1);
        assert_eq!(bitmap.rows, [0x80, 0, 0, 0x40]);
        assert!(bitmap.is_black(0, 0) && bitmap.is_black(9, 1) && !bitmap.is_black(1, 0));
    }

    #[test]
    fn what_lies_outside_is_passed_over_and_white() {
        let mut bitmap = Bitmap::white(10, 2).unwrap();
        for (x, y) in [(10, 0), (0, 2), (15, 1), (usize::MAX, 0)] {
            bitmap.blacken(x, y);
            assert!(!bitmap.is_black(x, y));
        }
        assert_eq!(bitmap.rows, [0; 4]);
    }

    #[test]
    fn a_receipt_of_kilometres_is_refused() {
        assert!(matches!(Bitmap::white(576, usize::MAX), Err(PrintError::TooLong)));
    }
}
