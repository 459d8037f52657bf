//! Hashes of rows, summed up an owner: the sum does not depend on the order of the rows.

use twox_hash::XxHash3_64;

/// Sums the hashes of rows; each row is its strings, with their lengths.
pub(crate) struct Checksum {
    sum: u64,
    row: Vec<u8>,
}

impl Checksum {
    /// Begins with the owner's own row: facts under a wrong name are damage too.
    pub(crate) fn of(owner: &str, digest: i64) -> Self {
        let mut sum = Self {
            sum: 0,
            row: Vec::new(),
        };
        sum.row.extend_from_slice(&digest.to_le_bytes());
        sum.field(owner).end();
        sum
    }

    /// Adds one field to the row.
    pub(crate) fn field(&mut self, text: &str) -> &mut Self {
        self.row
            .extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.row.extend_from_slice(text.as_bytes());
        self
    }

    /// Adds one field that may be absent.
    pub(crate) fn optional(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.field(text),
            None => self.number(None),
        }
    }

    /// Adds a number that may be absent.
    pub(crate) fn number(&mut self, number: Option<u32>) -> &mut Self {
        self.row
            .extend_from_slice(&number.map_or(u64::MAX, u64::from).to_le_bytes());
        self
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.sum = self.sum.wrapping_add(XxHash3_64::oneshot(&self.row));
        self.row.clear();
    }

    /// The sum of the rows so far, as the file holds it.
    pub(crate) fn sum(&self) -> i64 {
        self.sum as i64
    }
}
