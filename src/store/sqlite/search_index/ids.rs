//! The ids of a block's accounts.

/// Ids in ascending order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ids {
    /// Without gaps, as they usually are.
    Run {
        first: i64,
        len: usize,
    },
    /// By their distances from the first one.
    Near {
        first: i64,
        distances: Vec<u16>,
    },
    Far(Vec<i64>),
}

impl Ids {
    pub(super) fn of(ids: Vec<i64>) -> Self {
        let (Some(&first), Some(&last)) = (ids.first(), ids.last()) else { return Self::Far(ids) };
        match last.checked_sub(first) {
            Some(distance) if distance == ids.len() as i64 - 1 => Self::Run { first, len: ids.len() },
            Some(distance) if distance <= i64::from(u16::MAX) => {
                Self::Near { first, distances: ids.iter().map(|id| (id - first) as u16).collect() }
            }
            Some(_) | None => Self::Far(ids),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Run { len, .. } => *len,
            Self::Near { distances, .. } => distances.len(),
            Self::Far(ids) => ids.len(),
        }
    }

    /// Returns the id at a place.
    pub(super) fn get(&self, at: usize) -> Option<i64> {
        match self {
            Self::Run { first, len } => (at < *len).then(|| first + at as i64),
            Self::Near { first, distances } => distances.get(at).map(|distance| first + i64::from(*distance)),
            Self::Far(ids) => ids.get(at).copied(),
        }
    }

    /// Returns the place of an id.
    pub(super) fn place(&self, id: i64) -> Option<usize> {
        match self {
            Self::Run { first, len } => {
                id.checked_sub(*first).and_then(|at| usize::try_from(at).ok()).filter(|at| at < len)
            }
            Self::Near { first, distances } => {
                let distance = u16::try_from(id.checked_sub(*first)?).ok()?;
                distances.binary_search(&distance).ok()
            }
            Self::Far(ids) => ids.binary_search(&id).ok(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = i64> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Returns the form that a block keeps: the first id, their number, and unless there are no gaps the gaps, in groups of
    /// seven bits.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.get(0).unwrap_or_default().to_le_bytes().to_vec();
        bytes.extend_from_slice(&(self.len() as u32).to_le_bytes());
        if matches!(self, Self::Run { .. }) {
            return bytes;
        }
        for (id, next) in self.iter().zip(self.iter().skip(1)) {
            let mut gap = next.abs_diff(id);
            while gap >= 0x80 {
                bytes.push(gap as u8 | 0x80);
                gap >>= 7;
            }
            bytes.push(gap as u8);
        }
        bytes
    }

    /// Returns ids from that form, or `None` if it is wrong.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (first, rest) = bytes.split_first_chunk()?;
        let (len, gaps) = rest.split_first_chunk()?;
        let (first, len) = (i64::from_le_bytes(*first), u32::from_le_bytes(*len) as usize);
        if gaps.is_empty() {
            first.checked_add(len as i64)?;
            return Some(Self::Run { first, len });
        }
        let mut ids = Vec::with_capacity(len.min(gaps.len() + 1));
        ids.push(first);
        let mut id = first;
        for gap in gaps.chunk_by(|byte, _| byte & 0x80 != 0) {
            let mut distance = 0_u64;
            for byte in gap.iter().rev() {
                distance = distance.checked_mul(0x80)? | u64::from(byte & 0x7f);
            }
            id = id.checked_add_unsigned(distance).filter(|_| distance > 0)?;
            ids.push(id);
        }
        (ids.len() == len).then(|| Self::of(ids))
    }
}
