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
/// often as it must be and at least once where it may. Each `turn` gives another one, as long as
/// there are others.
pub(super) fn matching(pattern: &str, turn: usize) -> String {
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    sequence(&letters, &mut at, turn)
}

/// The text of everything up to the end of a group.
fn sequence(letters: &[char], at: &mut usize, turn: usize) -> String {
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
                sequence(letters, at, turn)
            }
            '[' => class(letters, at, turn).to_string(),
            '\\' => escaped(letters, at, turn),
            '.' => filler(turn).to_string(),
            letter => letter.to_string(),
        };
        let times = times(letters, at, turn);
        if !is_over {
            text.push_str(&part.repeat(times));
        }
    }
    text
}

/// A letter where any will do.
fn filler(turn: usize) -> char {
    ['b', '7', 'q', 'Z', 'k', 'x'][turn % 6]
}

/// A letter of a class whose `[` was read.
fn class(letters: &[char], at: &mut usize, turn: usize) -> char {
    let negated = letters.get(*at) == Some(&'^');
    *at += usize::from(negated);
    let start = *at;
    let mut members: Vec<char> = Vec::new();
    while let Some(letter) = letters.get(*at) {
        *at += 1;
        match letter {
            ']' if *at > start + 1 => break,
            // A class by name: `[[:alpha:]]`.
            '[' if letters.get(*at) == Some(&':') => {
                let name: String = letters[*at + 1..].iter().take_while(|it| **it != ':').collect();
                *at += name.chars().count() + 3;
                members.extend(match name.as_str() {
                    "digit" | "xdigit" => "7305".chars(),
                    "upper" => "BQRA".chars(),
                    "space" | "blank" => " ".chars(),
                    "punct" => "-_!".chars(),
                    _ => "bqra".chars(),
                });
            }
            '\\' => members.extend(escaped(letters, at, turn).chars()),
            '-' if *at > start + 1 && letters.get(*at).is_some_and(|it| *it != ']') => {
                let last = letters[*at];
                *at += 1;
                members.extend(
                    members.last().copied().into_iter().flat_map(|first| (first..=last).skip(1)),
                );
            }
            letter => members.push(*letter),
        }
    }
    if negated {
        return (0..6).map(|at| filler(turn + at)).find(|it| !members.contains(it)).unwrap_or('~');
    }
    let count = members.len();
    if count == 0 { filler(turn) } else { members[turn % count] }
}

/// What an escape whose `\` was read stands for.
fn escaped(letters: &[char], at: &mut usize, turn: usize) -> String {
    let letter = letters.get(*at).copied();
    *at += 1;
    match letter {
        Some('d') => (turn % 10).to_string(),
        Some('w') => ["b", "q", "r", "a"][turn % 4].to_owned(),
        Some('s') => " ".to_owned(),
        Some('D' | 'W' | 'S') => "~".to_owned(),
        Some('y' | 'm' | 'M' | 'A' | 'Z' | 'b' | 'B') | None => String::new(),
        Some(letter) => letter.to_string(),
    }
}

/// How often the part before is repeated.
fn times(letters: &[char], at: &mut usize, turn: usize) -> usize {
    let longer = [0, 0, 3, 5, 11, 29][turn % 6];
    let times = match letters.get(*at) {
        Some('?') => {
            *at += 1;
            1
        }
        Some('*' | '+') => {
            *at += 1;
            1 + longer
        }
        Some('{') => {
            let inner: String = letters[*at + 1..].iter().take_while(|it| **it != '}').collect();
            *at += inner.chars().count() + 2;
            let least = inner.split(',').next().and_then(|it| it.trim().parse().ok());
            let least: usize = least.unwrap_or(1).clamp(1, 1_000);
            if inner.trim().ends_with(',') { least + longer } else { least }
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
        for (pattern, first, second) in [
            ("^[a-z0-9-]+$", "a", "b"),
            ("^#[0-9a-f]{6}$", "#000000", "#111111"),
            ("^[^@]+@[^@]+\\.[a-z]{2,}$", "b@b.aa", "7@7.bb"),
            ("^(draft|sent)(_[[:digit:]]+)?$", "draft_7", "draft_3"),
            ("^\\d{3}-\\w$", "000-b", "111-q"),
            ("^(?:a|b)c*$", "ac", "ac"),
            ("[", "b", "7"),
            ("^[]x]$", "]", "x"),
        ] {
            assert_eq!(matching(pattern, 0), first, "{pattern}");
            assert_eq!(matching(pattern, 1), second, "{pattern}");
        }
        assert_eq!(like("%\\_@_%.org", "abc"), "abc_@aabc.org");
    }
}
