//! Texts that fit a pattern.

/// A text that fits a pattern of `LIKE`, with `filler` where the pattern leaves it open.
pub(super) fn like(pattern: &str, filler: &str) -> String {
    let one = filler.chars().next().unwrap_or('a');
    let mut text = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => text.push_str(filler),
            '_' => text.push(one),
            '\\' => text.extend(letters.next()),
            letter => text.push(letter),
        }
    }
    text
}

/// A text that most likely matches a regular expression: the first of alternatives, each part as
/// often as it must be and at least once where it may. `filler` stands where any letter does.
pub(super) fn matching(pattern: &str, filler: &str) -> String {
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    sequence(&letters, &mut at, filler.chars().next().unwrap_or('a'))
}

/// The text of everything up to the end of a group.
fn sequence(letters: &[char], at: &mut usize, filler: char) -> String {
    let mut text = String::new();
    let mut is_over = false;
    while let Some(letter) = letters.get(*at) {
        *at += 1;
        let part = match letter {
            ')' => return text,
            '|' => {
                is_over = true;
                continue;
            }
            '^' | '$' => continue,
            '(' => {
                if letters.get(*at) == Some(&'?') {
                    *at += 2;
                }
                sequence(letters, at, filler)
            }
            '[' => class(letters, at, filler).to_string(),
            '\\' => escaped(letters, at, filler),
            '.' => filler.to_string(),
            letter => letter.to_string(),
        };
        let times = times(letters, at);
        if !is_over {
            text.push_str(&part.repeat(times));
        }
    }
    text
}

/// A letter of a class whose `[` was read.
fn class(letters: &[char], at: &mut usize, filler: char) -> char {
    let negated = letters.get(*at) == Some(&'^');
    *at += usize::from(negated);
    let start = *at;
    let mut members = Vec::new();
    while let Some(letter) = letters.get(*at) {
        *at += 1;
        match letter {
            ']' if *at > start + 1 => break,
            // A class by name: `[[:alpha:]]`.
            '[' if letters.get(*at) == Some(&':') => {
                let name: String = letters[*at + 1..].iter().take_while(|it| **it != ':').collect();
                *at += name.chars().count() + 3;
                members.push(match name.as_str() {
                    "digit" | "xdigit" => '7',
                    "upper" => 'B',
                    "space" | "blank" => ' ',
                    "punct" => '-',
                    _ => 'b',
                });
            }
            '\\' => members.extend(escaped(letters, at, filler).chars()),
            letter => members.push(*letter),
        }
    }
    match members.first() {
        Some(first) if !negated => *first,
        Some(_) | None if members.contains(&filler) => '~',
        Some(_) | None => filler,
    }
}

/// What an escape whose `\` was read stands for.
fn escaped(letters: &[char], at: &mut usize, filler: char) -> String {
    let letter = letters.get(*at).copied();
    *at += 1;
    match letter {
        Some('d') => "7".to_owned(),
        Some('w') => "b".to_owned(),
        Some('s') => " ".to_owned(),
        Some('D' | 'W' | 'S') => filler.to_string(),
        Some('y' | 'm' | 'M' | 'A' | 'Z' | 'b' | 'B') | None => String::new(),
        Some(letter) => letter.to_string(),
    }
}

/// How often the part before is repeated.
fn times(letters: &[char], at: &mut usize) -> usize {
    let times = match letters.get(*at) {
        Some('*' | '+' | '?') => {
            *at += 1;
            1
        }
        Some('{') => {
            let inner: String = letters[*at + 1..].iter().take_while(|it| **it != '}').collect();
            *at += inner.chars().count() + 2;
            let least = inner.split(',').next().and_then(|it| it.trim().parse().ok());
            least.unwrap_or(1).clamp(1, 1_000)
        }
        Some(_) | None => return 1,
    };
    // Whether it is greedy makes no difference.
    *at += usize::from(letters.get(*at) == Some(&'?'));
    times
}

#[cfg(test)]
mod tests {
    use super::{like, matching};

    #[test]
    fn patterns_are_filled_in() {
        for (pattern, text) in [
            ("^[a-z0-9-]+$", "a"),
            ("^#[0-9a-f]{6}$", "#000000"),
            ("^[^@]+@[^@]+\\.[a-z]{2,}$", "b@b.aa"),
            ("^(draft|sent)(_[[:digit:]]+)?$", "draft_7"),
            ("^\\d{3}-\\w$", "777-b"),
            ("^(?:a|b)c*$", "ac"),
            ("[", "b"),
        ] {
            assert_eq!(matching(pattern, "b"), text, "{pattern}");
        }
        assert_eq!(like("%\\_@_%.org", "abc"), "abc_@aabc.org");
    }
}
