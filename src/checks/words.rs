//! Sentences for several of one kind.

/// How many are named before the rest is counted.
const NAMED: usize = 5;

/// `1 job`, `3 jobs`, and `1,000 or more jobs` where a search ends.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        1_000.. => format!("1,000 or more {many}"),
        _ => format!("{number} {many}"),
    }
}

/// The first ones, and how many more there are.
pub(super) fn some_of(parts: &[String], separator: &str) -> String {
    let named = parts.iter().take(NAMED).cloned().collect::<Vec<_>>().join(separator);
    match parts.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}{separator}and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted_and_few_are_named() {
        assert_eq!(["job"; 3].map(|one| count(1, one, "jobs")), ["1 job"; 3]);
        assert_eq!(count(0, "job", "jobs"), "0 jobs");
        assert_eq!(count(1_000, "job", "jobs"), "1,000 or more jobs");
        let parts: Vec<String> = (1..=7).map(|part| part.to_string()).collect();
        assert_eq!(some_of(&parts[..5], ", "), "1, 2, 3, 4, 5");
        assert_eq!(some_of(&parts, ", "), "1, 2, 3, 4, 5, and 2 more");
    }
}
