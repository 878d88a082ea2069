//! Any order of events, rights, loads, credit, drops and returns: every
//! subscriber gets exactly what it may see, once and in order.
//!
//! The client here does what the published client libraries do: it keeps the
//! epoch and the offset of what it saw last, subscribes again with them when it
//! comes back, and reloads (takes everything up to the reply's offset as known)
//! when it was not recovered. It reads late, and a drop loses what it has not read.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;

use super::*;
use crate::domain::principal::{Permission, RoleKey};
use crate::realtime::channel::{ChannelKind, Visibility};
use crate::realtime::feed::AccessChange;

#[derive(Clone, Debug)]
enum Step {
    Task {
        role: u8,
        bytes: usize,
    },
    Notice,
    State,
    Rights(u8),
    /// The session hears that something is new.
    Pull,
    /// The client reads so many messages.
    Read(usize),
    /// The connection breaks; so many unread messages still arrive.
    Drop(usize),
    Subscribe(u8),
    Unsubscribe(u8),
    /// Events leave the memory.
    Forget,
    Load,
    /// Questions are answered.
    Answer,
    Time(u64),
    Prune(i64),
    NewEpoch,
    Stride(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0u8..3, 0usize..400).prop_map(|(role, bytes)| Step::Task { role, bytes }),
        2 => Just(Step::Notice),
        2 => Just(Step::State),
        2 => (0u8..6).prop_map(Step::Rights),
        6 => Just(Step::Pull),
        6 => (1usize..6).prop_map(Step::Read),
        2 => (0usize..4).prop_map(Step::Drop),
        4 => (0u8..4).prop_map(Step::Subscribe),
        1 => (0u8..4).prop_map(Step::Unsubscribe),
        1 => Just(Step::Forget),
        2 => Just(Step::Load),
        2 => Just(Step::Answer),
        3 => (1u64..4_000).prop_map(Step::Time),
        1 => (1i64..6).prop_map(Step::Prune),
        1 => Just(Step::NewEpoch),
        1 => (1i64..9).prop_map(Step::Stride),
    ];
    proptest::collection::vec(step, 1..120)
}

fn channels() -> [Channel; 4] {
    [
        Channel::Tasks,
        Channel::RoleTasks(RoleKey::new("a")),
        Channel::User(feed::user()),
        Channel::Health,
    ]
}

fn rights(number: u8) -> Arc<Principal> {
    use Permission::{PipelineRead, TasksRead, TasksReadAll};
    match number {
        0 => principal(&["a"], &[TasksRead]),
        1 => principal(&["a", "b"], &[TasksRead]),
        2 => principal(&[], &[TasksReadAll]),
        3 => principal(&[], &[]),
        4 => principal(&["a"], &[TasksRead, PipelineRead]),
        _ => principal(&[], &[TasksReadAll, PipelineRead]),
    }
}

/// What a message was made under.
struct Sent {
    text: String,
    principal: Arc<Principal>,
}

enum OnWire {
    Message(Sent),
    Probe(u64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Status {
    Off,
    Subscribing(u64),
    On,
    Leaving(u64),
}

struct Subscriber {
    status: Status,
    /// The application wants it.
    wanted: bool,
    /// Where to continue; `None` before the first reply.
    position: Option<(String, i64)>,
    /// What it sees, since it loaded.
    visibility: Option<Visibility>,
    version: Option<u64>,
}

struct World {
    connection: Connection,
    principal: Arc<Principal>,
    subscribers: BTreeMap<Channel, Subscriber>,
    wire: VecDeque<OnWire>,
    load: Option<i64>,
    questions: Vec<Question>,
    next_id: u64,
    /// Bytes that went out on this connection, and that were acknowledged.
    sent: u64,
    acked: u64,
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            connection: Connection::fresh(World::settings()),
            principal: rights(4),
            subscribers: channels()
                .into_iter()
                .map(|channel| (channel, Subscriber::new()))
                .collect(),
            wire: VecDeque::new(),
            load: None,
            questions: Vec::new(),
            next_id: 1,
            sent: 0,
            acked: 0,
        };
        world.connect();
        world
    }

    fn settings() -> Settings {
        Settings {
            credit_bytes: 1_500,
            frame_bytes: 700,
            replay_events: 40,
            ..Settings::default()
        }
    }

    fn connect(&mut self) {
        let Connection { session, now, .. } = Connection::fresh(Self::settings());
        self.connection.now = self.connection.now.max(now);
        self.connection.session = session;
        (self.sent, self.acked) = (0, 0);
        self.wire.clear();
        self.questions.clear();
        let id = self.id();
        let effects = self.connection.say(json!({"id": id, "connect": {}}));
        assert!(matches!(effects.as_slice(), [Effect::Authenticate { .. }]));
        let effects = self.connection.admit(Ok(Admission {
            principal: Arc::clone(&self.principal),
            at: crate::realtime::feed::Feed::top(&self.connection.feed),
            ..admission()
        }));
        self.take(effects);
        for channel in channels() {
            let subscriber = self.subscribers.get_mut(&channel).unwrap();
            subscriber.status = Status::Off;
            if subscriber.wanted {
                self.subscribe(&channel);
            }
        }
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// What the session wants done. A closed connection is opened again.
    fn take(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send(bytes) => {
                    self.sent += u64::try_from(bytes.len()).unwrap();
                    let text = String::from_utf8(bytes.to_vec()).unwrap();
                    let principal = Arc::clone(&self.principal);
                    self.wire
                        .push_back(OnWire::Message(Sent { text, principal }));
                }
                Effect::Probe(total) => {
                    assert_eq!(total, self.sent);
                    self.wire.push_back(OnWire::Probe(total));
                }
                Effect::Load { after } => self.load = Some(after),
                Effect::Ask(question) => self.questions.push(question),
                Effect::Close { code } => {
                    match code {
                        CloseCode::Slow | CloseCode::NoPong => {}
                        CloseCode::StateInvalidated => {
                            let subscribers = self.subscribers.values_mut();
                            subscribers.for_each(|one| one.position = None);
                        }
                        _ => panic!("{code:?}"),
                    }
                    return self.connect();
                }
                Effect::Authenticate { .. } | Effect::Refresh { .. } => panic!("{effect:?}"),
            }
        }
        // replies may exceed the credit, a message's worth
        assert!(self.sent - self.acked <= 1_500 + 1_500, "beyond the credit");
    }

    fn subscribe(&mut self, channel: &Channel) {
        let id = self.id();
        let subscriber = self.subscribers.get_mut(channel).unwrap();
        if subscriber.status != Status::Off {
            return;
        }
        subscriber.status = Status::Subscribing(id);
        subscriber.wanted = true;
        let mut request = json!({"channel": channel.name("amanah"), "flag": 1});
        if let Some((epoch, offset)) = &subscriber.position {
            request["recover"] = json!(true);
            request["epoch"] = json!(epoch);
            request["offset"] = json!(offset);
        }
        let effects = self.connection.say(json!({"id": id, "subscribe": request}));
        self.take(effects);
    }

    fn unsubscribe(&mut self, channel: &Channel) {
        let id = self.id();
        let subscriber = self.subscribers.get_mut(channel).unwrap();
        subscriber.wanted = false;
        if subscriber.status != Status::On {
            return;
        }
        subscriber.status = Status::Leaving(id);
        let name = channel.name("amanah");
        let effects = self
            .connection
            .say(json!({"id": id, "unsubscribe": {"channel": name}}));
        self.take(effects);
    }

    /// The client reads one message, or its WebSocket answers a probe.
    fn read(&mut self) {
        match self.wire.pop_front() {
            Some(OnWire::Probe(total)) => {
                self.acked = total;
                let effects = self.connection.pong(total);
                self.take(effects);
            }
            Some(OnWire::Message(sent)) => {
                for invalidated in self.digest(&sent) {
                    self.subscribe(&invalidated);
                }
                if sent.text == "{}" {
                    let effects = self.connection.send("{}");
                    self.take(effects);
                }
            }
            None => (),
        }
    }

    /// What the message means to the client; the channels to subscribe to again.
    fn digest(&mut self, sent: &Sent) -> Vec<Channel> {
        let mut again = Vec::new();
        for line in sent.text.split('\n') {
            let line: Value = serde_json::from_str(line).unwrap();
            if let Some(id) = line["id"].as_u64() {
                self.digest_reply(id, &line, sent);
            } else if let Some(name) = line["push"]["channel"].as_str() {
                let channel = Channel::parse(name, "amanah").unwrap();
                if line["push"]["unsubscribe"].is_object() {
                    let code = line["push"]["unsubscribe"]["code"].as_u64().unwrap();
                    again.extend(self.digest_end(channel, code));
                } else {
                    self.digest_publication(&channel, &line["push"]["pub"], sent);
                }
            } else {
                assert_eq!(line, json!({}));
            }
        }
        again
    }

    fn digest_reply(&mut self, id: u64, line: &Value, sent: &Sent) {
        let waits =
            |s: &Subscriber| s.status == Status::Subscribing(id) || s.status == Status::Leaving(id);
        let Some((channel, subscriber)) = self.subscribers.iter_mut().find(|(_, s)| waits(s))
        else {
            assert!(line["connect"].is_object(), "{line}");
            return;
        };
        if matches!(subscriber.status, Status::Leaving(_)) {
            assert_eq!(line["unsubscribe"], json!({}));
            subscriber.forget();
            return;
        }
        if let Some(code) = line["error"]["code"].as_u64() {
            match code {
                103 => assert!(!channel.may_subscribe(&sent.principal)),
                100 => assert_eq!(channel.kind(), ChannelKind::State),
                _ => panic!("{line}"),
            }
            return subscriber.forget();
        }
        let reply = &line["subscribe"];
        assert!(channel.may_subscribe(&sent.principal), "{line}");
        subscriber.status = Status::On;
        if channel.kind() == ChannelKind::State {
            subscriber.version = reply["data"]["version"].as_u64();
            assert!(subscriber.version.is_some());
            return;
        }
        let visibility = channel.visibility(&sent.principal);
        let was_recovering = reply["was_recovering"] == true;
        assert_eq!(was_recovering, subscriber.position.is_some());
        let offset = reply["offset"].as_i64().unwrap_or_default();
        let epoch = reply["epoch"].as_str().unwrap().to_owned();
        if reply["recovered"] == true {
            let (known_epoch, known) = subscriber.position.clone().unwrap();
            assert_eq!((known_epoch, known), (epoch, offset));
            assert_eq!(subscriber.visibility.as_ref(), Some(&visibility));
        } else {
            subscriber.position = Some((epoch, offset));
            subscriber.visibility = Some(visibility);
        }
    }

    fn digest_end(&mut self, channel: Channel, code: u64) -> Option<Channel> {
        let subscriber = self.subscribers.get_mut(&channel).unwrap();
        if matches!(subscriber.status, Status::Leaving(_)) {
            return None;
        }
        assert_eq!(subscriber.status, Status::On, "{channel:?} {code}");
        subscriber.status = Status::Off;
        match code {
            2000 => subscriber.forget(),
            2500 => (),
            2502 => subscriber.position = Some(("_".to_owned(), 0)),
            _ => panic!("{code}"),
        }
        (code != 2000).then_some(channel)
    }

    fn digest_publication(&mut self, channel: &Channel, publication: &Value, sent: &Sent) {
        let subscriber = self.subscribers.get_mut(channel).unwrap();
        if matches!(subscriber.status, Status::Leaving(_)) {
            return;
        }
        assert_eq!(
            subscriber.status,
            Status::On,
            "before the reply, or after the end"
        );
        if channel.kind() == ChannelKind::State {
            let version = publication["data"]["version"].as_u64();
            assert!(version > subscriber.version, "{version:?}");
            subscriber.version = version;
            return;
        }
        let visibility = channel.visibility(&sent.principal);
        assert_eq!(subscriber.visibility.as_ref(), Some(&visibility));
        let (_, position) = subscriber.position.as_mut().unwrap();
        let expected = self
            .connection
            .feed
            .next(*position, channel, &sent.principal);
        assert_eq!(publication["offset"].as_i64(), expected, "{channel:?}");
        *position = expected.unwrap();
    }

    fn load(&mut self) {
        if let Some(after) = self.load.take() {
            self.connection.feed.load(after);
            let Connection { session, feed, now } = &mut self.connection;
            let effects = session.loaded(*now, Some(&*feed));
            self.take(effects);
        }
    }

    fn answer(&mut self) {
        for question in std::mem::take(&mut self.questions) {
            assert!(matches!(question.asked, Asked::FirstValue(Channel::Health)));
            if !self.connection.feed.states.contains_key(&Channel::Health) {
                self.connection.feed.set_state(Channel::Health, 1);
            }
            let value = self.connection.feed.states[&Channel::Health].clone();
            let effects = self
                .connection
                .answer(question.id, Ok(Answer::FirstValue(value)));
            self.take(effects);
        }
    }

    fn pull(&mut self) {
        let effects = self.connection.pull();
        self.take(effects);
    }

    fn step(&mut self, step: Step) {
        let feed = &mut self.connection.feed;
        match step {
            Step::Task { role, bytes } => {
                let role = ["a", "b", "c"][usize::from(role)];
                feed.items.push(Item::Task { role, bytes });
            }
            Step::Notice => feed.items.push(Item::Notice),
            Step::State => {
                let next = feed
                    .states
                    .get(&Channel::Health)
                    .map_or(1, |v| v.version + 1);
                feed.set_state(Channel::Health, next);
            }
            Step::Rights(number) => {
                self.principal = rights(number);
                feed.rights(AccessChange::Principal(Arc::clone(&self.principal)));
            }
            Step::Pull => self.pull(),
            Step::Read(count) => (0..count).for_each(|_| self.read()),
            Step::Drop(arrive) => {
                for _ in 0..arrive {
                    if let Some(OnWire::Message(sent)) = self.wire.pop_front() {
                        // what it would send in answer is lost
                        self.digest(&sent);
                    }
                }
                self.connect();
            }
            Step::Subscribe(number) => self.subscribe(&channels()[usize::from(number)]),
            Step::Unsubscribe(number) => self.unsubscribe(&channels()[usize::from(number)]),
            Step::Forget => {
                feed.memory_after = crate::realtime::feed::Feed::top(feed);
            }
            Step::Load => self.load(),
            Step::Answer => self.answer(),
            Step::Time(ms) => {
                let effects = self.connection.after(Duration::from_millis(ms));
                self.take(effects);
            }
            Step::Prune(count) => {
                let top = crate::realtime::feed::Feed::top(feed);
                feed.first = (feed.first + count).min(top + 1);
                feed.memory_after = feed.memory_after.max(feed.first - 1);
            }
            Step::NewEpoch => feed.epoch = Arc::from(format!("{}+", feed.epoch)),
            Step::Stride(stride) => feed.stride = stride,
        }
    }

    /// Everything arrives: then nothing is missing.
    fn settle(&mut self) {
        for _ in 0..40 {
            self.pull();
            self.answer();
            self.load();
            while !self.wire.is_empty() {
                self.read();
                self.load();
            }
            let effects = self.connection.after(Duration::from_millis(500));
            self.take(effects);
        }
        for (channel, subscriber) in &self.subscribers {
            let settled = matches!(subscriber.status, Status::On | Status::Off);
            assert!(settled, "{channel:?} {:?}", subscriber.status);
            if subscriber.status == Status::Off {
                assert!(!subscriber.wanted, "{channel:?} was lost");
                continue;
            }
            assert!(channel.may_subscribe(&self.principal));
            let feed = &self.connection.feed;
            if channel.kind() == ChannelKind::State {
                let version = feed.states.get(channel).map(|value| value.version);
                assert_eq!(subscriber.version, version);
                continue;
            }
            let (epoch, position) = subscriber.position.as_ref().unwrap();
            assert_eq!(**epoch, *feed.epoch);
            assert_eq!(
                feed.next(*position, channel, &self.principal),
                None,
                "{channel:?}"
            );
            let visibility = channel.visibility(&self.principal);
            assert_eq!(subscriber.visibility.as_ref(), Some(&visibility));
        }
    }
}

impl Subscriber {
    fn new() -> Self {
        Self {
            status: Status::Off,
            wanted: false,
            position: None,
            visibility: None,
            version: None,
        }
    }

    /// Ended for good; a later subscription starts anew.
    fn forget(&mut self) {
        *self = Self::new();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn each_subscriber_gets_what_it_may_see_once_and_in_order(steps in steps()) {
        let mut world = World::new();
        for step in steps {
            world.step(step);
        }
        world.settle();
    }
}
