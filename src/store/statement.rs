//! The names in a statement, told from everything else that has a colon.

/// A statement as it is written here, `:name` for each value, with `$1`, `$2`, … in the places of the names, and those names in the order
/// of their numbers. A name that stands there twice has one number.
pub(super) fn numbered(sql: &str) -> (String, Vec<String>) {
    let (mut written, mut names, mut quote) = (String::with_capacity(sql.len()), Vec::<String>::new(), None);
    let mut rest = sql.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter == ':' && quote.is_none() && rest.peek().is_some_and(|next| is_of_a_name(*next)) {
            let mut name = String::new();
            while let Some(next) = rest.next_if(|next| is_of_a_name(*next)) {
                name.push(next);
            }
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            written.push_str(&format!("${}", at + 1));
            continue;
        }
        quote = match quote {
            None if matches!(letter, '\'' | '"') => Some(letter),
            Some(open) if letter == open => None,
            unchanged => unchanged,
        };
        written.push(letter);
    }
    (written, names)
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_once_each_and_quoted_text_is_left_alone() {
        let (sql, names) =
            numbered("SELECT ':no', \":neither\" FROM t WHERE a = :a AND b = :bee_2 AND (:a IS NULL OR c = 'it''s :no')");
        assert_eq!(sql, "SELECT ':no', \":neither\" FROM t WHERE a = $1 AND b = $2 AND ($1 IS NULL OR c = 'it''s :no')");
        assert_eq!(names, ["a", "bee_2"]);
    }

    #[test]
    fn a_colon_without_a_name_is_a_colon() {
        assert_eq!(numbered("SELECT a : b"), ("SELECT a : b".to_owned(), Vec::new()));
    }
}
