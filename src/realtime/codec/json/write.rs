//! Replies and pushes as JSON. Defaults are left out. Texts that are JSON
//! already are put in as they are.

use bytes::{BufMut, BytesMut};
use serde::Serialize;

use crate::realtime::protocol::{
    Connected, ErrorCode, HistoryPage, PresenceEntry, Publication, Push, PushKind, Reply,
    Subscribed, Success,
};

pub fn reply(out: &mut BytesMut, reply: &Reply) {
    object(out, |fields| {
        fields.value("id", reply.id);
        match &reply.outcome {
            Ok(success) => write_success(fields, success),
            Err(error) => fields.object("error", |fields| write_error(fields, *error)),
        }
    });
}

pub fn push(out: &mut BytesMut, push: &Push<'_>) {
    object(out, |fields| {
        fields.object("push", |fields| {
            fields.value("channel", push.channel);
            match push.kind {
                PushKind::Publication(text) => fields.json("pub", text),
                PushKind::Unsubscribe(code) => fields.object("unsubscribe", |fields| {
                    fields.value("code", code.code());
                    fields.value("reason", code.reason());
                }),
            }
        });
    });
}

pub fn publication(out: &mut BytesMut, publication: &Publication) {
    object(out, |fields| {
        if let Some(offset) = publication.offset {
            fields.value("offset", offset);
        }
        fields.json("data", &publication.data);
        if !publication.tags.is_empty() {
            fields.object("tags", |fields| {
                for (name, value) in &publication.tags {
                    fields.value(name, value);
                }
            });
        }
        if let Some(time) = publication.time_ms {
            fields.value("time", time);
        }
    });
}

fn write_error(fields: &mut Fields<'_>, error: ErrorCode) {
    fields.value("code", error.code());
    fields.value("message", error.message());
    fields.flag("temporary", error.temporary());
}

fn write_success(fields: &mut Fields<'_>, success: &Success) {
    match success {
        Success::Connect(connected) => {
            fields.object("connect", |fields| write_connected(fields, connected));
        }
        Success::Subscribe(subscribed) => {
            fields.object("subscribe", |fields| write_subscribed(fields, subscribed));
        }
        Success::Unsubscribe => fields.object("unsubscribe", |_| ()),
        Success::Presence(entries) => fields.object("presence", |fields| {
            fields.object("presence", |fields| {
                for entry in entries {
                    fields.object(&entry.client, |fields| write_entry(fields, entry));
                }
            });
        }),
        Success::PresenceStats { clients, users } => fields.object("presence_stats", |fields| {
            fields.value("num_clients", clients);
            fields.value("num_users", users);
        }),
        Success::History(page) => fields.object("history", |fields| write_page(fields, page)),
        Success::Refresh { ttl_s } => {
            fields.object("refresh", |fields| write_expiry(fields, *ttl_s));
        }
    }
}

fn write_connected(fields: &mut Fields<'_>, connected: &Connected) {
    fields.value("client", &connected.client);
    fields.value("version", connected.version);
    fields.value("ping", connected.ping_s);
    fields.flag("pong", true);
    write_expiry(fields, connected.ttl_s);
}

/// `expires` without a `ttl` of at least 1 would stop the client for good.
fn write_expiry(fields: &mut Fields<'_>, ttl_s: Option<u64>) {
    if let Some(ttl) = ttl_s {
        fields.flag("expires", true);
        fields.value("ttl", ttl.max(1));
    }
}

fn write_subscribed(fields: &mut Fields<'_>, subscribed: &Subscribed) {
    match subscribed {
        Subscribed::Log {
            epoch,
            offset,
            was_recovering,
            recovered,
        } => {
            fields.flag("recoverable", true);
            fields.flag("positioned", true);
            fields.value("epoch", epoch);
            fields.value("offset", offset);
            fields.flag("was_recovering", *was_recovering);
            fields.flag("recovered", *recovered);
        }
        Subscribed::State {
            was_recovering,
            data,
        } => {
            fields.flag("was_recovering", *was_recovering);
            fields.json("data", data);
        }
    }
}

fn write_entry(fields: &mut Fields<'_>, entry: &PresenceEntry) {
    fields.value("client", &entry.client);
    fields.value("user", &entry.user);
    if let Some(info) = &entry.conn_info {
        fields.json("conn_info", info);
    }
}

fn write_page(fields: &mut Fields<'_>, page: &HistoryPage) {
    if !page.publications.is_empty() {
        fields.list("publications", &page.publications);
    }
    fields.value("epoch", &page.epoch);
    fields.value("offset", page.offset);
}

/// The fields of an object that is being written.
struct Fields<'o> {
    out: &'o mut BytesMut,
    any: bool,
}

fn object(out: &mut BytesMut, write: impl FnOnce(&mut Fields<'_>)) {
    out.put_u8(b'{');
    write(&mut Fields { out, any: false });
    out.put_u8(b'}');
}

impl Fields<'_> {
    fn key(&mut self, key: &str) {
        if self.any {
            self.out.put_u8(b',');
        }
        self.any = true;
        scalar(self.out, key);
        self.out.put_u8(b':');
    }

    fn value(&mut self, key: &str, value: impl Serialize) {
        self.key(key);
        scalar(self.out, value);
    }

    fn flag(&mut self, key: &str, set: bool) {
        if set {
            self.value(key, true);
        }
    }

    fn json(&mut self, key: &str, text: &[u8]) {
        self.key(key);
        one_line(self.out, text);
    }

    fn list(&mut self, key: &str, texts: &[impl AsRef<[u8]>]) {
        self.key(key);
        self.out.put_u8(b'[');
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.out.put_u8(b',');
            }
            one_line(self.out, text.as_ref());
        }
        self.out.put_u8(b']');
    }

    fn object(&mut self, key: &str, write: impl FnOnce(&mut Fields<'_>)) {
        self.key(key);
        object(self.out, write);
    }
}

/// JSON text as it is, except that a line stays one line: a newline in JSON
/// stands between tokens only, where a space means the same.
fn one_line(out: &mut BytesMut, text: &[u8]) {
    if text.contains(&b'\n') {
        out.extend(text.iter().map(|byte| match byte {
            b'\n' => b' ',
            other => *other,
        }));
    } else {
        out.put_slice(text);
    }
}

/// Numbers, booleans and texts.
fn scalar(out: &mut BytesMut, value: impl Serialize) {
    if serde_json::to_writer(out.writer(), &value).is_err() {
        // cannot happen: the buffer grows, and each of these has a form in JSON
        out.put_slice(b"null");
    }
}
