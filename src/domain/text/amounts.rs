//! Numbers, counts and sizes, as people read them.

/// Formats `n` with thousands separators: `12,345`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats a count with its noun: `1 account`, `3,000 accounts`.
pub fn count(n: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { singular } else { plural })
}

/// Returns a size as people read it: `512 B`, `1.5 kB`, `2.1 GB`.
pub fn byte_count(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let (mut tenths, mut unit) = (u128::from(bytes) * 10, "B");
    for larger in UNITS {
        if tenths < 10_000 {
            break;
        }
        (tenths, unit) = ((tenths + 500) / 1_000, larger);
    }
    if unit == "B" || tenths >= 1_000 {
        return format!("{} {unit}", tenths / 10);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}
