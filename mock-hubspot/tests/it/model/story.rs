//! A story as it is told to both: every reply is what the model says.

use super::simple::{Model, collection, key, names, properties, value};
use super::{Act, Form, Given, Wanted};
use crate::asking::{Asking, CALLS, CONTACTS, ids};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const V4_BATCH: &str = "/crm/v4/associations/calls/contacts/batch";

/// The mock beside the model.
pub(super) struct Story {
    mock: Asking,
    pub(super) model: Model,
}

impl Story {
    pub(super) async fn start() -> Self {
        let mock = Asking::start().await;
        for id in ["101", "102"] {
            // The portal's own contacts are none of the model's.
            let body = json!({ "objectId": id });
            assert_eq!(mock.send("POST", &format!("{CONTACTS}/gdpr-delete"), body).await.0, 204);
        }
        Self { mock, model: Model::default() }
    }

    fn id(&mut self, call: bool, n: usize) -> String {
        match self.model.place(call, n) {
            Some(place) => self.model.all(call)[place].id.to_string(),
            None => "99999".to_owned(),
        }
    }

    fn body(call: bool, given: Given) -> (BTreeMap<&'static str, String>, Value) {
        let properties = properties(call, given, true);
        let mut sent: Map<String, Value> =
            properties.iter().map(|(n, v)| ((*n).to_owned(), v.clone().into())).collect();
        if call {
            sent.insert("hs_timestamp".into(), 1.into());
        }
        (properties, json!({ "properties": sent }))
    }

    pub(super) async fn tell(&mut self, act: Act) {
        match act {
            Act::Make(call, given) => self.make_many(call, vec![given], false).await,
            Act::MakeMany(call, all) => self.make_many(call, all, true).await,
            Act::Change(call, n, given) => self.change(call, n, given).await,
            Act::Upsert(call, n, given) => self.upsert(call, n, given).await,
            Act::Archive(call, n) => {
                let known = self.model.place(call, n);
                let path = format!("{}/{}", collection(call), self.id(call, n));
                let (status, _) = self.mock.send("DELETE", &path, Value::Null).await;
                assert_eq!(status, if known.is_some() { 204 } else { 404 });
                if let Some(place) = known {
                    self.model.all(call)[place].archived = true;
                }
            }
            Act::ArchiveMany(call, all) => {
                let inputs: Vec<Value> = all.iter().map(|n| json!({ "id": self.id(call, *n) })).collect();
                let path = format!("{}/batch/archive", collection(call));
                assert_eq!(self.mock.send("POST", &path, json!({ "inputs": inputs })).await.0, 204);
                for n in all {
                    if let Some(place) = self.model.place(call, n) {
                        self.model.all(call)[place].archived = true;
                    }
                }
            }
            Act::ChangeMany(call, all) => self.change_many(call, all).await,
            Act::Link(form, call, contact) => self.link(form, call, contact).await,
            Act::Unlink(form, call, contact) => self.unlink(form, call, contact).await,
            Act::Read(call, n) => self.read(call, n).await,
            Act::ReadMany(call, all, archived) => self.read_many(call, &all, archived).await,
            Act::List(call, limit, archived) => self.list(call, limit, archived).await,
            Act::Search(call, wanted, limit, descending) => {
                self.search(call, &wanted, limit, descending).await;
            }
            Act::Links(call, n) => self.links(call, n).await,
        }
    }

    async fn make_many(&mut self, call: bool, all: Vec<Given>, batch: bool) {
        let (made, sent): (Vec<_>, Vec<_>) = all.into_iter().map(|given| Self::body(call, given)).unzip();
        let unique = names(call)[0];
        let keys: Vec<String> = made.iter().filter_map(|p| p.get(unique)).map(|k| k.to_lowercase()).collect();
        let twins = keys.iter().collect::<BTreeSet<_>>().len() < keys.len();
        let taken = twins || keys.iter().any(|key| self.model.holder(call, key).is_some());
        let (status, reply) = if batch {
            let path = format!("{}/batch/create", collection(call));
            self.mock.send("POST", &path, json!({ "inputs": sent })).await
        } else {
            self.mock.send("POST", collection(call), sent[0].clone()).await
        };
        assert_eq!(status, if taken { 409 } else { 201 }, "{reply}");
        if taken {
            return;
        }
        let results = if batch { reply["results"].clone() } else { json!([reply]) };
        for (properties, shown) in made.into_iter().zip(results.as_array().expect("results")) {
            let id = shown["id"].as_str().expect("an id").parse().expect("a number");
            for (name, value) in &properties {
                assert_eq!(shown["properties"][*name], value.as_str());
            }
            self.model.make(call, id, properties);
        }
    }

    async fn change(&mut self, call: bool, n: usize, given: Given) {
        let properties = properties(call, given, false);
        let place = self.model.place(call, n).filter(|p| !self.model.all(call)[*p].archived);
        let key = properties.get(names(call)[0]).filter(|k| !k.is_empty());
        let holder = key.and_then(|k| self.model.holder(call, k));
        let path = format!("{}/{}", collection(call), self.id(call, n));
        let (status, reply) = self.mock.send("PATCH", &path, json!({ "properties": properties })).await;
        let expected = match place {
            None => 404,
            Some(_) if properties.is_empty() => 400,
            Some(place) if holder.is_some_and(|h| h != place) => 409,
            Some(_) => 200,
        };
        assert_eq!(status, expected, "{reply}");
        if let (200, Some(place)) = (status, place) {
            let object = &mut self.model.all(call)[place];
            object.set_all(properties);
        }
    }

    async fn upsert(&mut self, call: bool, n: u8, given: Given) {
        let (mut made, mut body) = Self::body(call, (None, given.1, given.2));
        let key = key(call, n);
        body["id"] = key.clone().into();
        body["idProperty"] = names(call)[0].into();
        let path = format!("{}/batch/upsert", collection(call));
        let reply = self.mock.post(&path, json!({ "inputs": [body] })).await;
        let there = self.model.holder(call, &key);
        assert_eq!(reply["results"][0]["new"], there.is_none());
        if let Some(place) = there {
            let object = &mut self.model.all(call)[place];
            assert_eq!(reply["results"][0]["id"], object.id.to_string());
            object.set_all(made);
        } else {
            made.insert(names(call)[0], key);
            let id = ids(&reply)[0].parse().expect("a number");
            self.model.make(call, id, made);
        }
    }

    async fn change_many(&mut self, call: bool, all: Vec<(usize, u8, Option<u8>)>) {
        let (mut inputs, mut changes, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for (n, text, number) in all {
            let id = self.id(call, n);
            if inputs.iter().any(|input: &Value| input["id"] == id) {
                continue;
            }
            let changed = properties(call, (None, Some(text), number), false);
            inputs.push(json!({ "id": id, "properties": changed }));
            match self.model.place(call, n).filter(|p| !self.model.all(call)[*p].archived) {
                Some(place) => changes.push((place, changed)),
                None => missing.push(id),
            }
        }
        let path = format!("{}/batch/update", collection(call));
        let (status, reply) = self.mock.send("POST", &path, json!({ "inputs": inputs })).await;
        assert_eq!(status, if missing.is_empty() { 200 } else { 207 }, "{reply}");
        if !missing.is_empty() {
            assert_eq!(reply["errors"][0]["context"]["ids"], json!(missing));
        }
        assert_eq!(reply["results"].as_array().expect("results").len(), changes.len());
        for (place, changed) in changes {
            self.model.all(call)[place].set_all(changed);
        }
    }

    /// Both ends of a link, and whether they are there.
    fn ends(&mut self, call: usize, contact: usize) -> (String, String, Option<(usize, usize)>) {
        let (from, to) = (self.model.place(true, call), self.model.place(false, contact));
        let ends = from.zip(to);
        let there =
            ends.filter(|(from, to)| !self.model.calls[*from].archived && !self.model.contacts[*to].archived);
        (self.id(true, call), self.id(false, contact), there)
    }

    async fn link(&mut self, form: Form, call: usize, contact: usize) {
        let (from, to, there) = self.ends(call, contact);
        let types = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]);
        let one = json!({ "from": { "id": from }, "to": { "id": to }, "types": types });
        let v4 = format!("/crm/v4/objects/calls/{from}/associations");
        let (method, path, body, made) = match form {
            Form::Guide => {
                ("PUT", format!("{CALLS}/{from}/associations/contacts/{to}/194"), Value::Null, 200)
            }
            Form::Default => ("PUT", format!("{v4}/default/contacts/{to}"), Value::Null, 200),
            Form::Labelled => ("PUT", format!("{v4}/contacts/{to}"), types, 201),
            Form::Batch => ("POST", format!("{V4_BATCH}/create"), json!({ "inputs": [one] }), 201),
        };
        let (status, reply) = self.mock.send(method, &path, body).await;
        match there {
            Some(link) => {
                assert_eq!(status, made, "{reply}");
                self.model.links.insert(link);
            }
            None if form == Form::Batch => assert_eq!((status, &reply["numErrors"]), (207, &json!(1))),
            None => assert!(status == 404 || status == 400, "{status}"),
        }
    }

    async fn unlink(&mut self, form: Form, call: usize, contact: usize) {
        let (from, to, _) = self.ends(call, contact);
        let (method, path, body) = match form {
            Form::Guide => ("DELETE", format!("{CALLS}/{from}/associations/contacts/{to}/194"), Value::Null),
            Form::Default => {
                ("DELETE", format!("/crm/v4/objects/calls/{from}/associations/contacts/{to}"), Value::Null)
            }
            // From the other end.
            Form::Labelled => {
                ("DELETE", format!("/crm/v4/objects/contacts/{to}/associations/calls/{from}"), Value::Null)
            }
            Form::Batch => {
                let one = json!({ "from": { "id": from }, "to": [{ "id": to }] });
                ("POST", format!("{V4_BATCH}/archive"), json!({ "inputs": [one] }))
            }
        };
        assert_eq!(self.mock.send(method, &path, body).await.0, 204);
        if let (Some(from), Some(to)) = (self.model.place(true, call), self.model.place(false, contact)) {
            self.model.links.remove(&(from, to));
        }
    }

    pub(super) async fn read(&mut self, call: bool, n: usize) {
        let names = names(call);
        let all = names.join(",");
        let path = format!("{}/{}", collection(call), self.id(call, n));
        let path = format!("{path}?properties={all}&propertiesWithHistory={all}&archived=");
        let place = self.model.place(call, n);
        let object = place.map(|place| self.model.all(call)[place].clone());
        let (status, _) = self.mock.send("GET", &format!("{path}false"), Value::Null).await;
        assert_eq!(status, if object.as_ref().is_some_and(|o| !o.archived) { 200 } else { 404 });
        let Some(object) = object else { return };
        let read = self.mock.get(&format!("{path}true")).await;
        assert_eq!(read["archived"], object.archived);
        for name in names {
            let value = object.properties.get(name).cloned().map_or(Value::Null, Value::from);
            assert_eq!(read["properties"][name], value, "{name}");
            let versions = read["propertiesWithHistory"][name].as_array().expect("versions");
            let past: Vec<&str> = versions.iter().rev().map(|v| v["value"].as_str().expect("text")).collect();
            assert_eq!(past, object.past.get(name).cloned().unwrap_or_default(), "{name}");
        }
    }

    async fn read_many(&mut self, call: bool, all: &[usize], archived: bool) {
        let asked: Vec<String> = all.iter().map(|n| self.id(call, *n)).collect();
        let inputs: Vec<Value> = asked.iter().map(|id| json!({ "id": id })).collect();
        let path = format!("{}/batch/read?archived={archived}", collection(call));
        let (status, reply) = self.mock.send("POST", &path, json!({ "inputs": inputs })).await;
        let mut expected = Vec::new();
        for id in &asked {
            let there =
                self.model.all(call).iter().any(|o| o.id.to_string() == *id && o.archived == archived);
            if there && !expected.contains(id) {
                expected.push(id.clone());
            }
        }
        let missing = asked.iter().any(|id| !expected.contains(id));
        assert_eq!((status, ids(&reply)), (if missing { 207 } else { 200 }, expected));
    }

    async fn list(&mut self, call: bool, limit: u8, archived: bool) {
        let limit = usize::from(limit % 7) + 1;
        let base = format!("{}?limit={limit}&archived={archived}", collection(call));
        let expected: Vec<String> = self
            .model
            .all(call)
            .iter()
            .filter(|o| o.archived == archived)
            .map(|o| o.id.to_string())
            .collect();
        let (mut seen, mut path) = (Vec::new(), base.clone());
        loop {
            let page = self.mock.get(&path).await;
            let results = ids(&page);
            assert!(results.len() <= limit);
            seen.extend(results);
            let Some(after) = page["paging"]["next"]["after"].as_str() else { break };
            path = format!("{base}&after={after}");
        }
        assert_eq!(seen, expected);
    }

    async fn search(&mut self, call: bool, wanted: &Wanted, limit: u8, descending: bool) {
        let [unique, text, number] = names(call);
        let filter = match wanted {
            Wanted::All => None,
            Wanted::Key(n) => {
                Some(json!({ "propertyName": unique, "operator": "EQ", "value": key(call, *n) }))
            }
            Wanted::Word(n) => Some(
                json!({ "propertyName": text, "operator": "CONTAINS_TOKEN", "value": format!("WORD{n}") }),
            ),
            Wanted::AtLeast(n) => {
                Some(json!({ "propertyName": number, "operator": "GTE", "value": u32::from(*n) * 7 }))
            }
            Wanted::Unset => Some(json!({ "propertyName": text, "operator": "NOT_HAS_PROPERTY" })),
            Wanted::Not(n) => {
                Some(json!({ "propertyName": text, "operator": "NEQ", "value": value(call, 1, (*n).max(1)) }))
            }
            Wanted::LinkedTo(n) if call => Some(
                json!({ "propertyName": "associations.contact", "operator": "EQ", "value": self.id(false, *n) }),
            ),
            Wanted::LinkedTo(_) => return,
        };
        let limit = usize::from(limit % 7) + 1;
        let mut expected = self.model.expected(call, wanted);
        let mut body = json!({ "limit": limit });
        if let Some(filter) = filter {
            body["filters"] = json!([filter]);
        }
        if descending {
            body["sorts"] = json!(["-hs_object_id"]);
            expected.reverse();
        }
        let mut seen = Vec::new();
        loop {
            let page = self.mock.post(&format!("{}/search", collection(call)), body.clone()).await;
            assert_eq!(page["total"], expected.len(), "{body}");
            seen.extend(ids(&page));
            let after = page["paging"]["next"]["after"].clone();
            if after.is_null() {
                break;
            }
            body["after"] = after;
        }
        assert_eq!(seen, expected, "{body}");
    }

    pub(super) async fn links(&mut self, call: bool, n: usize) {
        let Some(place) = self.model.place(call, n).filter(|p| !self.model.all(call)[*p].archived) else {
            return;
        };
        let other = if call { "contacts" } else { "calls" };
        let mut expected: Vec<u64> = Vec::new();
        for (from, to) in &self.model.links {
            let (mine, theirs) =
                if call { (*from, &self.model.contacts[*to]) } else { (*to, &self.model.calls[*from]) };
            if mine == place && !theirs.archived {
                expected.push(theirs.id);
            }
        }
        expected.sort_unstable();
        let path = format!("{}/{}?associations={other}", collection(call), self.id(call, n));
        let read = self.mock.get(&path).await;
        let shown = &read["associations"][other];
        let shown = if shown.is_null() { Vec::new() } else { ids(shown) };
        assert_eq!(shown, expected.iter().map(u64::to_string).collect::<Vec<_>>());
    }
}
