//! Requests made from the API's description: every path and method, with real
//! ids where ids belong and a body of the right shape.

use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value, json};

use super::client::{Answer, Client};

/// Ids of existing objects, by the word that comes before them in a path.
pub type Ids = BTreeMap<String, String>;

/// One path and method.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    pub template: String,
    described: Value,
}

/// How much of a body is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// What is required, and whatever names an object.
    Required,
    Whole,
}

/// The description as it is served.
pub struct Api(Value);

impl Api {
    pub async fn of(client: &Client) -> Self {
        let answer = client.get("/api/openapi.json").await;
        assert_eq!(answer.status, 200);
        Self(answer.json())
    }

    pub fn operations(&self) -> Vec<Operation> {
        let mut all = Vec::new();
        for (template, item) in self.0["paths"].as_object().unwrap() {
            for (method, described) in item.as_object().unwrap() {
                all.push(Operation {
                    method: method.to_uppercase().parse().unwrap(),
                    template: template.clone(),
                    described: described.clone(),
                });
            }
        }
        assert!(all.len() > 5, "{all:?}");
        all
    }

    /// Sends an operation with these ids in its path and body.
    pub async fn send(&self, client: &Client, operation: &Operation, ids: &Ids) -> Answer {
        self.send_under(client, operation, ids, &operation.path(ids), "")
            .await
    }

    pub async fn send_under(
        &self,
        client: &Client,
        operation: &Operation,
        ids: &Ids,
        path: &str,
        query: &str,
    ) -> Answer {
        let mut request = client.request(operation.method.clone(), &format!("{path}{query}"));
        let content = &operation.described["requestBody"]["content"];
        if let Some(body) = self.body(operation, ids, Extent::Required) {
            request = request.json(&body);
        } else if content.get("multipart/form-data").is_some() {
            request = request.multipart(manifest(MANIFEST));
        } else {
            assert!(
                content.is_null(),
                "{operation:?} takes a body of another kind"
            );
        }
        if operation
            .parameters("header")
            .any(|name| name == "If-Match")
        {
            request = request.header("if-match", "*");
        }
        Answer::read(request).await
    }

    /// A body for an operation that takes JSON.
    pub fn body(&self, operation: &Operation, ids: &Ids, extent: Extent) -> Option<Value> {
        let content = operation.described["requestBody"]["content"].get("application/json")?;
        Some(self.example("", &content["schema"], ids, extent))
    }

    /// Something of this shape.
    fn example(&self, name: &str, schema: &Value, ids: &Ids, extent: Extent) -> Value {
        if let Some(path) = schema["$ref"].as_str() {
            let pointed = self.0.pointer(path.trim_start_matches('#')).unwrap();
            return self.example(name, pointed, ids, extent);
        }
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(choices) = schema[key].as_array() {
                let real = choices
                    .iter()
                    .find(|choice| choice["type"] != "null")
                    .unwrap();
                return self.example(name, real, ids, extent);
            }
        }
        if let Some(first) = schema["enum"].get(0) {
            return first.clone();
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap(),
            kind => kind,
        };
        match kind.as_str() {
            Some("array") => json!([self.example(name, &schema["items"], ids, extent)]),
            Some("integer" | "number") => json!(schema["minimum"].as_i64().unwrap_or(1)),
            Some("boolean") => json!(false),
            Some("string") => match schema["format"].as_str() {
                Some("uuid") => json!(id_for(name, ids)),
                Some("date") => json!("2027-06-01"),
                Some("date-time") => json!("2027-06-01T00:00:00Z"),
                _ => json!("somebody"),
            },
            _ => self.object(schema, ids, extent),
        }
    }

    fn object(&self, schema: &Value, ids: &Ids, extent: Extent) -> Value {
        let mut object = Map::new();
        let empty = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, described) in schema["properties"].as_object().unwrap_or(&empty) {
            let names_something = name.ends_with("_id") || name.ends_with("_ids") || name == "ids";
            let is_required = required.iter().any(|one| one == name);
            if is_required || names_something || extent == Extent::Whole {
                object.insert(name.clone(), self.example(name, described, ids, extent));
            }
        }
        Value::Object(object)
    }
}

const MANIFEST: &str = "Nama,Nomor Paspor,Tanggal Lahir,Tanggal Berangkat\n\
    Somebody Else,Z9999999,1980-01-02,2027-06-01\n";

/// A file as a browser sends it.
pub fn manifest(text: &'static str) -> Form {
    Form::new().part("file", Part::text(text).file_name("manifest.csv"))
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    pub fn has_ids(&self) -> bool {
        self.template.contains('{')
    }

    /// The path with an id in each of its places.
    #[track_caller]
    pub fn path(&self, ids: &Ids) -> String {
        self.path_of(|kind| {
            let id = ids.get(kind).cloned();
            id.unwrap_or_else(|| panic!("nothing of {kind} is known: {}", self.template))
        })
    }

    /// The path with something in each of its places, by the word before it.
    pub fn path_of(&self, id: impl Fn(&str) -> String) -> String {
        let mut path = String::new();
        let mut before = "";
        for segment in self.template.split('/').skip(1) {
            path.push('/');
            if segment.starts_with('{') {
                path += &id(before);
            } else {
                path += segment;
            }
            before = segment;
        }
        path
    }

    pub fn parameters(&self, place: &str) -> impl Iterator<Item = &str> {
        let all = self.described["parameters"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        all.iter()
            .filter(move |one| one["in"] == place)
            .filter_map(|one| one["name"].as_str())
    }
}

/// `stage_id` and `stages` are the stage's.
fn id_for(name: &str, ids: &Ids) -> String {
    let name = if name == "assignee" { "user_id" } else { name };
    let word = name.trim_end_matches("_ids").trim_end_matches("_id");
    let found = ids
        .iter()
        .find(|(kind, _)| *kind == word || kind.trim_end_matches('s') == word);
    found.map_or_else(|| ids["tasks"].clone(), |(_, id)| id.clone())
}
