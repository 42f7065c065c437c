//! A graph of revisions as text, newest first.

use std::collections::BTreeSet;

/// One revision of the graph: its name, and the names of those that it follows.
pub struct Node<'n> {
    /// Its name.
    pub name: &'n str,
    /// Names of those that it follows.
    pub parents: Vec<&'n str>,
}

/// What stands before each revision: whole lines of their own, then the beginning of its line.
pub struct Lane {
    /// Lines that only connect.
    pub above: Vec<String>,
    /// The beginning of the revision's line: `| *`.
    pub mark: String,
    /// The beginning of lines about the revision: `| |`.
    pub below: String,
}

/// Draws the graph of these revisions, given from the newest to the oldest.
pub fn lanes(nodes: &[Node<'_>]) -> Vec<Lane> {
    let known: BTreeSet<&str> = nodes.iter().map(|node| node.name).collect();
    // What each lane leads to.
    let mut open: Vec<&str> = Vec::new();
    let mut drawn = Vec::new();
    let mut next_above: Vec<String> = Vec::new();
    for node in nodes {
        let mut above = std::mem::take(&mut next_above);
        let at = open.iter().position(|to| *to == node.name).unwrap_or(open.len());
        if at == open.len() {
            open.push(node.name);
        }
        while let Some(other) = open[at + 1..].iter().position(|to| *to == node.name) {
            let other = at + 1 + other;
            above.push(row(open.len(), |lane| if lane < other { "|" } else { "/" }));
            open.remove(other);
        }
        let mark = row(open.len(), |lane| if lane == at { "*" } else { "|" });
        let parents: Vec<&str> =
            node.parents.iter().copied().filter(|parent| known.contains(parent)).collect();
        match parents[..] {
            [] => {
                open.remove(at);
                if at < open.len() {
                    next_above.push(row(open.len() + 1, |lane| match lane {
                        lane if lane < at => "|",
                        lane if lane == at => " ",
                        _ => "/",
                    }));
                }
            }
            [first, ref more @ ..] => {
                open[at] = first;
                for (number, parent) in more.iter().enumerate() {
                    open.insert(at + 1 + number, parent);
                    next_above.push(row(open.len(), |lane| if lane <= at { "|" } else { "\\" }));
                }
            }
        }
        let below = row(open.len(), |_| "|");
        drawn.push(Lane { above, mark, below });
    }
    drawn
}

/// The lanes side by side; a slash leans on the lane before it.
fn row(count: usize, of: impl Fn(usize) -> &'static str) -> String {
    let mut text = String::new();
    for lane in 0..count {
        let mark = of(lane);
        if lane > 0 && !matches!(mark, "/" | "\\") {
            text.push(' ');
        }
        text.push_str(mark);
        if matches!(mark, "/" | "\\") {
            text.push(' ');
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(nodes: &[(&str, &[&str])]) -> String {
        let nodes: Vec<Node<'_>> =
            nodes.iter().map(|(name, parents)| Node { name, parents: parents.to_vec() }).collect();
        let mut lines = Vec::new();
        for (node, lane) in nodes.iter().zip(lanes(&nodes)) {
            lines.extend(lane.above);
            lines.push(format!("{} {}", lane.mark, node.name));
        }
        lines.join("\n")
    }

    #[test]
    fn a_line_is_a_line() {
        assert_eq!(drawn(&[("c", &["b"]), ("b", &["a"]), ("a", &[])]), "* c\n* b\n* a");
        assert_eq!(drawn(&[]), "");
    }

    #[test]
    fn branches_part_and_meet() {
        let graph: &[(&str, &[&str])] =
            &[("e", &["c", "d"]), ("d", &["b"]), ("c", &["a"]), ("b", &["a"]), ("a", &[])];
        let text = "* e\n|\\\n| * d\n* | c\n| * b\n|/\n* a";
        assert_eq!(drawn(graph), text);
        // Two heads, and a parent that is not shown.
        let graph: &[(&str, &[&str])] = &[("d", &["b"]), ("c", &["b"]), ("b", &["a"])];
        assert_eq!(drawn(graph), "* d\n| * c\n|/\n* b");
        // Histories that know nothing of each other.
        assert_eq!(drawn(&[("b", &[]), ("a", &[])]), "* b\n* a");
    }
}
