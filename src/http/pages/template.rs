//! The application's page, with places for what differs between requests.

/// Stands in the page where the nonce belongs.
const NONCE: &str = "__CSP_NONCE__";
/// What is inlined goes before this.
const END: &str = "</head>";

/// The page, cut where something has to be put in.
#[derive(Clone, Debug)]
pub struct Template {
    /// Up to [`END`], between the places of the nonce.
    head: Vec<String>,
    /// From there on.
    rest: Vec<String>,
}

impl Template {
    pub fn parse(html: &str) -> Self {
        let (head, rest) = html.split_at(html.find(END).unwrap_or(html.len()));
        let cut = |part: &str| part.split(NONCE).map(str::to_owned).collect();
        Self {
            head: cut(head),
            rest: cut(rest),
        }
    }

    /// With JSON that the application finds in the element `bootstrap`.
    pub fn render(&self, nonce: &str, bootstrap: Option<&str>) -> String {
        let mut page = self.head.join(nonce);
        if let Some(json) = bootstrap {
            page.push_str("<script type=\"application/json\" id=\"bootstrap\" nonce=\"");
            page.push_str(nonce);
            page.push_str("\">");
            // in JSON it only occurs within texts, and without it no element ends or begins
            page.push_str(&json.replace('<', "\\u003c"));
            page.push_str("</script>");
        }
        page.push_str(&self.rest.join(nonce));
        page
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const HTML: &str = "<head><meta content=\"__CSP_NONCE__\"></head><body \
                        data-nonce=\"__CSP_NONCE__\"></head></body>";

    #[test]
    fn the_nonce_is_put_wherever_it_belongs() {
        let page = Template::parse(HTML).render("n1", None);
        assert_eq!(page, HTML.replace(NONCE, "n1"));
    }

    #[test]
    fn what_is_inlined_ends_where_it_should() {
        let json = r#"{"name":"</script><!--<script>"}"#;
        let page = Template::parse(HTML).render("n1", Some(json));
        let (before, after) = page.split_once("nonce=\"n1\">").unwrap();
        assert!(before.starts_with("<head><meta"));
        let (inlined, after) = after.split_once("</script>").unwrap();
        assert!(!inlined.contains('<'), "{inlined}");
        let [told, given] =
            [inlined, json].map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(told, given);
        assert!(after.starts_with("</head><body"));
    }

    #[test]
    fn a_page_without_a_head_has_everything_at_its_end() {
        let page = Template::parse("hello").render("n1", Some("1"));
        assert!(page.starts_with("hello<script") && page.ends_with("1</script>"));
    }
}
