/// Texts beside each other, line by line.
pub fn side_by_side(sides: &[Vec<String>]) -> Vec<String> {
    let width =
        |side: &Vec<String>| side.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = sides.iter().map(width).collect();
    let height = sides.iter().map(Vec::len).max().unwrap_or(0);
    let line = |at: usize| {
        let cell = |(side, width): (&Vec<String>, &usize)| {
            let text = side.get(at).map_or("", String::as_str);
            format!("{text}{}", " ".repeat(width - text.chars().count()))
        };
        let cells: Vec<String> = sides.iter().zip(&widths).map(cell).collect();
        format!("    {}", cells.join(" | ")).trim_end().to_owned()
    };
    (0..height).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn columns_are_as_wide_as_their_widest_line() {
        let text = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        let sides = [text(&["ä", "long line"]), text(&["b"])];
        assert_eq!(side_by_side(&sides), ["    ä         | b", "    long line |"]);
        assert!(side_by_side(&[]).is_empty());
    }
}
