//! Sums that need no library: Fletcher's, of bytes, of words, and the exclusive or.

/// Fletcher's pair of sums over numbers of one or two bytes.
#[derive(Clone, Debug)]
pub(super) struct Fletcher {
    modulus: u64,
    first: u64,
    second: u64,
}

impl Fletcher {
    pub(super) fn new(modulus: u64) -> Self {
        Fletcher { modulus, first: 0, second: 0 }
    }

    pub(super) fn add(&mut self, number: u64) {
        self.first = (self.first + number) % self.modulus;
        self.second = (self.second + self.first) % self.modulus;
    }

    pub(super) fn add_zeroes(&mut self, count: u64) {
        self.second = (self.second + self.first * (count % self.modulus)) % self.modulus;
    }

    /// The two sums, the second one `bits` further up.
    pub(super) fn finish(&self, bits: u32) -> u64 {
        (self.second << bits) | self.first
    }
}

/// Which byte of a word is the lowest one.
#[derive(Clone, Copy, Debug)]
pub(super) enum Order {
    Little,
    Big,
}

/// A sum of words that may be cut anywhere between two updates.
///
/// A byte adds its value times its place in the word, so that only the place needs to be remembered.
#[derive(Clone, Debug)]
pub(super) struct Words {
    order: Order,
    /// Bytes in a word, a power of two up to four.
    size: u8,
    /// Bytes of the current word that are in the sum already.
    at: u8,
    sum: u32,
}

impl Words {
    pub(super) fn new(order: Order, size: u8) -> Self {
        Words { order, size, at: 0, sum: 0 }
    }

    pub(super) fn add(&mut self, byte: u8) {
        let place = match self.order {
            Order::Little => self.at,
            Order::Big => self.size - 1 - self.at,
        };
        self.sum = self.sum.wrapping_add(u32::from(byte) << (8 * u32::from(place)));
        self.at = (self.at + 1) % self.size;
    }

    pub(super) fn add_zeroes(&mut self, count: u64) {
        let on = (u64::from(self.at) + count % u64::from(self.size)) % u64::from(self.size);
        self.at = u8::try_from(on).unwrap_or(0);
    }

    pub(super) fn finish(&self) -> u64 {
        u64::from(self.sum) & ((1 << (8 * u32::from(self.size))) - 1)
    }
}
