//! Commands from JSON. Absent fields, and those that are `null`, have their
//! default; unknown ones are ignored.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::realtime::codec::Malformed;
use crate::realtime::protocol::{Command, Connect, History, Position, Refresh, Request, Subscribe};

/// Rather an error than a subscription without recovery.
const FLAG_REFUSE_UNRECOVERED: i64 = 2;

/// Deeper values are refused, those of fields that are ignored included.
const MAX_DEPTH: u32 = 128;

pub fn command(text: &[u8]) -> Result<Command, Malformed> {
    if is_too_deep(text) {
        return Err(Malformed);
    }
    let Object(line) = serde_json::from_slice::<Object<Line>>(text).map_err(|_| Malformed)?;
    let id = line.id;
    let request = match line.request()? {
        Some(Request::Send) => Request::Send,
        Some(request) if id != 0 => request,
        None if is_pong(text) => Request::Pong,
        Some(_) | None => return Err(Malformed),
    };
    Ok(Command { id, request })
}

/// Whether brackets outside of texts are nested too deep.
fn is_too_deep(json: &[u8]) -> bool {
    let mut depth = 0u32;
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => skip_text(&mut bytes),
            _ => (),
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

fn skip_text<'b>(bytes: &mut impl Iterator<Item = &'b u8>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => return,
            b'\\' => drop(bytes.next()),
            _ => (),
        }
    }
}

/// Nothing but perhaps an id of 0, which is as good as absent.
fn is_pong(text: &[u8]) -> bool {
    type Fields<'t> = BTreeMap<Cow<'t, str>, serde_json::Value>;
    let only_id_0 =
        |fields: Fields<'_>| fields.iter().all(|(key, value)| key == "id" && value == 0);
    text == b"{}" || serde_json::from_slice::<Fields<'_>>(text).is_ok_and(only_id_0)
}

/// A value that must be written as a JSON object; serde alone would take a list too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Fields(PhantomData))
    }
}

/// A request that is there must be an object, `null` included.
fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Object::<T>::deserialize(deserializer).map(|Object(request)| Some(request))
}

fn or_default<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[derive(serde::Deserialize)]
struct Line {
    #[serde(default)]
    id: u32,
    #[serde(default, deserialize_with = "object")]
    connect: Option<ConnectFields>,
    #[serde(default, deserialize_with = "object")]
    subscribe: Option<SubscribeFields>,
    #[serde(default, deserialize_with = "object")]
    unsubscribe: Option<ChannelFields>,
    #[serde(default, deserialize_with = "object")]
    presence: Option<ChannelFields>,
    #[serde(default, deserialize_with = "object")]
    presence_stats: Option<ChannelFields>,
    #[serde(default, deserialize_with = "object")]
    history: Option<HistoryFields>,
    #[serde(default, deserialize_with = "object")]
    rpc: Option<NoFields>,
    #[serde(default, deserialize_with = "object")]
    publish: Option<NoFields>,
    #[serde(default, deserialize_with = "object")]
    send: Option<NoFields>,
    #[serde(default, deserialize_with = "object")]
    refresh: Option<RefreshFields>,
    #[serde(default, deserialize_with = "object")]
    sub_refresh: Option<ChannelFields>,
}

#[derive(serde::Deserialize)]
struct NoFields {}

#[derive(serde::Deserialize)]
struct ChannelFields {
    #[serde(default, deserialize_with = "or_default")]
    channel: String,
}

#[derive(serde::Deserialize)]
struct ConnectFields {
    #[serde(default, deserialize_with = "or_default")]
    token: String,
}

#[derive(serde::Deserialize)]
struct RefreshFields {
    #[serde(default, deserialize_with = "or_default")]
    token: String,
}

#[derive(serde::Deserialize)]
struct SubscribeFields {
    #[serde(default, deserialize_with = "or_default")]
    channel: String,
    #[serde(default, deserialize_with = "or_default")]
    recover: bool,
    #[serde(default, deserialize_with = "or_default")]
    offset: u64,
    #[serde(default, deserialize_with = "or_default")]
    epoch: String,
    #[serde(default, deserialize_with = "or_default")]
    flag: i64,
    #[serde(default)]
    tf: Option<IgnoredAny>,
    #[serde(default, rename = "type", deserialize_with = "or_default")]
    kind: i64,
}

#[derive(serde::Deserialize)]
struct HistoryFields {
    #[serde(default, deserialize_with = "or_default")]
    channel: String,
    #[serde(default, deserialize_with = "or_default")]
    limit: i64,
    #[serde(default)]
    since: Option<Object<PositionFields>>,
    #[serde(default, deserialize_with = "or_default")]
    reverse: bool,
}

#[derive(serde::Deserialize)]
struct PositionFields {
    #[serde(default, deserialize_with = "or_default")]
    offset: u64,
    #[serde(default, deserialize_with = "or_default")]
    epoch: String,
}

impl Line {
    /// The one request; two are malformed.
    fn request(self) -> Result<Option<Request>, Malformed> {
        let channel = |fields: Option<ChannelFields>| fields.map(|f| f.channel);
        let refresh = |f: RefreshFields| Request::Refresh(Refresh { token: f.token });
        let mut requests = [
            self.connect.map(|f| Request::Connect(f.into())),
            self.subscribe.map(|f| Request::Subscribe(f.into())),
            channel(self.unsubscribe).map(|channel| Request::Unsubscribe { channel }),
            channel(self.presence).map(|channel| Request::Presence { channel }),
            channel(self.presence_stats).map(|channel| Request::PresenceStats { channel }),
            self.history.map(|f| Request::History(f.into())),
            self.rpc.map(|NoFields {}| Request::Rpc),
            self.publish.map(|NoFields {}| Request::Publish),
            self.send.map(|NoFields {}| Request::Send),
            self.refresh.map(refresh),
            channel(self.sub_refresh).map(|channel| Request::SubRefresh { channel }),
        ]
        .into_iter()
        .flatten();
        match (requests.next(), requests.next()) {
            (request, None) => Ok(request),
            (_, Some(_)) => Err(Malformed),
        }
    }
}

impl From<ConnectFields> for Connect {
    fn from(f: ConnectFields) -> Self {
        Self {
            token: Some(f.token).filter(|token| !token.is_empty()),
        }
    }
}

impl From<SubscribeFields> for Subscribe {
    fn from(f: SubscribeFields) -> Self {
        Self {
            channel: f.channel,
            recover: f.recover,
            position: Position {
                offset: f.offset,
                epoch: f.epoch,
            },
            refuse_unrecovered: f.flag & FLAG_REFUSE_UNRECOVERED != 0,
            filtered: f.tf.is_some(),
            kind: f.kind,
        }
    }
}

impl From<HistoryFields> for History {
    fn from(f: HistoryFields) -> Self {
        Self {
            channel: f.channel,
            limit: f.limit,
            since: f.since.map(|Object(since)| Position {
                offset: since.offset,
                epoch: since.epoch,
            }),
            reverse: f.reverse,
        }
    }
}
