//! XML as XForms need it: elements with attributes, texts between them.

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    tag: String,
    attributes: Vec<(String, String)>,
    content: Vec<Content>,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Text(String),
    Node(Node),
}

impl Node {
    pub(super) fn new(tag: impl Into<String>) -> Self {
        Self { tag: tag.into(), attributes: Vec::new(), content: Vec::new() }
    }

    /// With an attribute; a second one of the same name stands for the first.
    #[must_use]
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.into(),
            None => self.attributes.push((name.to_owned(), value.into())),
        }
    }

    /// With an element inside.
    #[must_use]
    pub(super) fn holding(mut self, inner: Self) -> Self {
        self.push(inner);
        self
    }

    /// With a text inside.
    #[must_use]
    pub(super) fn saying(mut self, text: &str) -> Self {
        self.content.push(Content::Text(text.to_owned()));
        self
    }

    /// With content of both sorts.
    #[must_use]
    pub(super) fn mixing(mut self, content: Vec<Content>) -> Self {
        self.content.extend(content);
        self
    }

    pub(super) fn push(&mut self, inner: Self) {
        self.content.push(Content::Node(inner));
    }

    pub(super) fn extend(&mut self, inner: impl IntoIterator<Item = Self>) {
        self.content.extend(inner.into_iter().map(Content::Node));
    }

    /// Puts an element before the last one.
    pub(super) fn push_before_last(&mut self, inner: Self) {
        let at = self.content.len().saturating_sub(1);
        self.content.insert(at, Content::Node(inner));
    }

    /// A name in it whose prefix its own attributes do not declare.
    pub(super) fn undeclared(&self) -> Option<&str> {
        let declared: Vec<&str> =
            self.attributes.iter().filter_map(|(name, _)| name.strip_prefix("xmlns:")).collect();
        self.unknown(&declared)
    }

    fn unknown(&self, declared: &[&str]) -> Option<&str> {
        let names = std::iter::once(&self.tag).chain(self.attributes.iter().map(|(name, _)| name));
        let mut prefixed = names.filter_map(|name| name.split_once(':').map(|(prefix, _)| (prefix, name)));
        let known = |prefix: &str| matches!(prefix, "xmlns" | "xml") || declared.contains(&prefix);
        prefixed.find(|(prefix, _)| !known(prefix)).map(|(_, name)| name.as_str()).or_else(|| {
            self.content.iter().find_map(|content| match content {
                Content::Node(node) => node.unknown(declared),
                Content::Text(_) => None,
            })
        })
    }

    /// The whole document.
    pub(super) fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\"?>\n");
        self.write(&mut out);
        out.push('\n');
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.tag);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, true, out);
            out.push('"');
        }
        let Some(first) = self.content.first() else {
            return out.push_str("/>");
        };
        out.push('>');
        // Where texts and elements are mixed a space parts them from the tags around, as ODK's forms have it.
        let mixed =
            self.content.len() > 1 && self.content.iter().any(|content| matches!(content, Content::Text(_)));
        if mixed && matches!(first, Content::Text(_)) {
            out.push(' ');
        }
        for content in &self.content {
            match content {
                Content::Text(text) => escape(text, false, out),
                Content::Node(node) => node.write(out),
            }
        }
        if mixed {
            out.push(' ');
        }
        out.push_str("</");
        out.push_str(&self.tag);
        out.push('>');
    }
}

/// Writes a text; characters that XML cannot hold are left out.
fn escape(text: &str, attribute: bool, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if attribute => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped_and_mixed_content_has_room() {
        let output = Node::new("output").with("value", " /data/a ");
        let content = vec![Content::Text("a < b".to_owned()), Content::Node(output)];
        let label = Node::new("label").with("ref", "\"x\"").mixing(content);
        let written = label.document();
        assert!(
            written
                .ends_with("<label ref=\"&quot;x&quot;\"> a &lt; b<output value=\" /data/a \"/> </label>\n")
        );
    }
}
