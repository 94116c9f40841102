//! HTML as a tree: whoever builds it names elements and texts, and only here is any of it written. So no name from outside can
//! become markup, and what is written is well-formed XML, too.

use std::fmt::Write;

use crate::visible::visible;

/// An element with what is in it.
#[derive(Debug, Clone)]
pub struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

#[derive(Debug, Clone)]
pub enum Node {
    Element(Element),
    Text(String),
    /// Of the program's own, such as a style sheet; as it is.
    Verbatim(&'static str),
}

/// Those that HTML knows no end of.
const VOID: [&str; 4] = ["br", "img", "meta", "col"];

pub fn el(name: &'static str) -> Element {
    Element {
        name,
        attributes: vec![],
        children: vec![],
    }
}

impl Element {
    pub fn attr(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    pub fn class(self, names: impl ToString) -> Self {
        self.attr("class", names)
    }

    pub fn text(self, text: impl Into<String>) -> Self {
        self.child(Node::Text(text.into()))
    }

    pub fn child(mut self, child: impl Into<Node>) -> Self {
        self.children.push(child.into());
        self
    }

    /// Also what may be there or not.
    pub fn children<T: Into<Node>>(mut self, children: impl IntoIterator<Item = T>) -> Self {
        self.children.extend(children.into_iter().map(Into::into));
        self
    }

    /// Of a section: its `id`, and the text of the heading that it begins with.
    pub fn id_and_title(&self) -> Option<(&str, &str)> {
        let (_, id) = self.attributes.iter().find(|(name, _)| *name == "id")?;
        let Some(Node::Element(heading)) = self.children.first() else {
            return None;
        };
        let Some(Node::Text(title)) = heading.children.first() else {
            return None;
        };
        Some((id, title))
    }

    pub fn write(&self, html: &mut String) {
        html.push('<');
        html.push_str(self.name);
        for (name, value) in &self.attributes {
            let _ = write!(html, " {name}=\"");
            escape(value, html);
            html.push('"');
        }
        if self.children.is_empty() && VOID.contains(&self.name) {
            html.push_str("/>");
            return;
        }
        html.push('>');
        for child in &self.children {
            match child {
                Node::Element(element) => element.write(html),
                Node::Text(text) => escape(text, html),
                Node::Verbatim(text) => html.push_str(text),
            }
        }
        let _ = write!(html, "</{}>", self.name);
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Node::Element(element)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Node::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(text)
    }
}

/// For a text and for an attribute in double quotes. Letters that nobody sees are shown by their number; two that no XML may hold
/// become the sign of such.
fn escape(text: &str, html: &mut String) {
    for c in visible(text).chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => html.push('\u{fffd}'),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(element: &Element) -> String {
        let mut html = String::new();
        element.write(&mut html);
        html
    }

    #[test]
    fn names_from_outside_stay_texts() {
        let name = "</td><script>alert('x')</script>&\"\u{202e}gpj\u{1b}[31m\n\u{ffff}";
        let cell = el("td").attr("title", name).text(name).child(el("br"));
        let shown =
            "&lt;/td&gt;&lt;script&gt;alert('x')&lt;/script&gt;&amp;&quot;\\u{202e}gpj\\x1b[31m\\n\u{fffd}";
        assert_eq!(written(&cell), format!("<td title=\"{shown}\">{shown}<br/></td>"));
        let read = roxmltree::Document::parse(&written(&cell))
            .unwrap()
            .root_element()
            .attribute("title")
            .map(str::to_owned);
        assert_eq!(
            read.unwrap(),
            "</td><script>alert('x')</script>&\"\\u{202e}gpj\\x1b[31m\\n\u{fffd}"
        );
    }

    #[test]
    fn what_is_empty_has_an_end_unless_html_knows_none() {
        assert_eq!(written(&el("p").class("note")), "<p class=\"note\"></p>");
        let parent = el("p")
            .children(None::<Element>)
            .children(["a", "b"])
            .child(el("img"));
        assert_eq!(written(&parent), "<p>ab<img/></p>");
    }
}
