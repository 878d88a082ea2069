use std::sync::Arc;

use super::*;
use crate::realtime::protocol::{
    Connect, Connected, ErrorCode, History, HistoryPage, Position, PresenceEntry, PushKind,
    Refresh, Request, Subscribe, Subscribed, Success, UnsubscribeCode,
};

fn read(message: &str) -> Vec<Result<Command, Malformed>> {
    Json.decode(message.as_bytes()).collect()
}

fn one(message: &str) -> Result<Command, Malformed> {
    let mut all = read(message);
    assert_eq!(all.len(), 1, "{message}");
    all.remove(0)
}

fn text(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn written(outcome: Result<Success, ErrorCode>) -> String {
    text(&Json.reply(&Reply { id: 4, outcome })).to_owned()
}

#[test]
fn every_command_is_read() {
    let channel = || "c".to_owned();
    let token = || "t".to_owned();
    let position = |offset| Position {
        offset,
        epoch: "e".to_owned(),
    };
    for (line, id, request) in [
        (
            r#"{"id":1,"connect":{}}"#,
            1,
            Request::Connect(Connect::default()),
        ),
        (
            r#"{"id":1,"connect":{"token":"t","name":"js","version":"1","subs":{},"data":[1]}}"#,
            1,
            Request::Connect(Connect {
                token: Some(token()),
            }),
        ),
        (
            r#"{"id":2,"subscribe":{"channel":"c","flag":1}}"#,
            2,
            Request::Subscribe(Subscribe {
                channel: channel(),
                ..Default::default()
            }),
        ),
        (
            r#"{"id":2,"subscribe":{"channel":"c","flag":3,"recover":true,"offset":9,"epoch":"e","type":1,"tf":{}}}"#,
            2,
            Request::Subscribe(Subscribe {
                channel: channel(),
                recover: true,
                position: position(9),
                refuse_unrecovered: true,
                filtered: true,
                kind: 1,
            }),
        ),
        (
            r#"{"id":4294967295,"unsubscribe":{"channel":"c"}}"#,
            u32::MAX,
            Request::Unsubscribe { channel: channel() },
        ),
        (
            r#"{"presence":{"channel":"c"},"id":5}"#,
            5,
            Request::Presence { channel: channel() },
        ),
        (
            r#"{"id":6,"presence_stats":{"channel":"c"}}"#,
            6,
            Request::PresenceStats { channel: channel() },
        ),
        (
            r#"{"id":7,"history":{"channel":"c","limit":-1,"since":{"offset":3,"epoch":"e"},"reverse":true}}"#,
            7,
            Request::History(History {
                channel: channel(),
                limit: -1,
                since: Some(position(3)),
                reverse: true,
            }),
        ),
        (
            r#"{"id":8,"rpc":{"method":"m","data":null}}"#,
            8,
            Request::Rpc,
        ),
        (
            r#"{"id":8,"publish":{"channel":"c","data":1}}"#,
            8,
            Request::Publish,
        ),
        (r#"{"send":{"data":1}}"#, 0, Request::Send),
        (r#"{"id":0,"send":{}}"#, 0, Request::Send),
        (
            r#"{"id":9,"refresh":{"token":"t"}}"#,
            9,
            Request::Refresh(Refresh { token: token() }),
        ),
        (
            r#"{"id":9,"sub_refresh":{"channel":"c","token":"t"}}"#,
            9,
            Request::SubRefresh { channel: channel() },
        ),
        ("{}", 0, Request::Pong),
        (r#" { "id" : 0 } "#, 0, Request::Pong),
    ] {
        assert_eq!(one(line), Ok(Command { id, request }), "{line}");
    }
}

#[test]
fn defaults_may_be_written_or_null_and_unknown_fields_are_ignored() {
    let plain = one(r#"{"id":2,"subscribe":{"channel":"c"}}"#);
    for line in [
        r#"{"id":2,"subscribe":{"channel":"c","recover":false,"offset":0,"epoch":"","flag":0,"type":0}}"#,
        r#"{"id":2,"subscribe":{"channel":"c","recover":null,"offset":null,"epoch":null,"tf":null}}"#,
        r#"{"id":2,"later":{"x":[1]},"subscribe":{"channel":"c","later":[{}],"delta":"fossil"}}"#,
    ] {
        assert_eq!(one(line), plain, "{line}");
    }
}

#[test]
fn malformed_lines_are_no_commands() {
    let deep = format!(
        r#"{{"id":1,"rpc":{{"data":{}{}}}}}"#,
        "[".repeat(200),
        "]".repeat(200)
    );
    for line in [
        "",
        " ",
        "null",
        "1",
        "[]",
        r#"[1,{"token":"t"}]"#,
        r#""connect""#,
        "{",
        r#"{"id":1,"connect":{}"#,
        r#"{"id":1,"connect":{}}}"#,
        r#"{"id":1,"connect":{}}{"id":2,"rpc":{}}"#,
        r#"{"id":1}"#,
        r#"{"id":1,"unknown":{}}"#,
        r#"{"unknown":{}}"#,
        r#"{"connect":{}}"#,
        r#"{"id":0,"connect":{}}"#,
        r#"{"id":-1,"connect":{}}"#,
        r#"{"id":1.5,"connect":{}}"#,
        r#"{"id":"1","connect":{}}"#,
        r#"{"id":null,"connect":{}}"#,
        r#"{"id":4294967296,"connect":{}}"#,
        r#"{"id":1,"id":1,"connect":{}}"#,
        r#"{"id":1,"connect":{},"connect":{}}"#,
        r#"{"id":1,"connect":{},"rpc":{}}"#,
        r#"{"id":1,"connect":[]}"#,
        r#"{"id":1,"connect":["t"]}"#,
        r#"{"id":1,"connect":null}"#,
        r#"{"id":1,"connect":"t"}"#,
        r#"{"id":1,"connect":{"token":1}}"#,
        r#"{"id":1,"subscribe":{"channel":1}}"#,
        r#"{"id":1,"subscribe":{"channel":"c","offset":-1}}"#,
        r#"{"id":1,"subscribe":{"channel":"c","offset":"1"}}"#,
        r#"{"id":1,"history":{"channel":"c","since":[1,"e"]}}"#,
        &deep,
    ] {
        assert_eq!(one(line), Err(Malformed), "{line}");
    }
    for bytes in [
        &b"\xff\xfe"[..],
        b"{\"id\":1,\"connect\":{\"token\":\"\xff\"}}",
    ] {
        assert_eq!(Json.decode(bytes).next(), Some(Err(Malformed)));
    }
}

#[test]
fn values_are_nested_only_so_deep() {
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        one(&format!(r#"{{"id":1,"rpc":{{"data":{open}{close}}}}}"#)).is_ok()
    };
    assert!(nested(126) && !nested(127));
    let in_text = format!(r#"{{"id":1,"rpc":{{"data":"\\\"{}"}}}}"#, "[".repeat(200));
    assert!(one(&in_text).is_ok());
    let side_by_side = format!(r#"{{"id":1,"rpc":{{"data":[{}0]}}}}"#, "[],".repeat(200));
    assert!(one(&side_by_side).is_ok());
}

#[test]
fn a_message_holds_several_lines() {
    let ok = |line: &str| read(line).iter().map(Result::is_ok).collect::<Vec<_>>();
    assert_eq!(ok("{}\n{}"), [true, true]);
    assert_eq!(ok("{}\n{}\n"), [true, true]);
    assert_eq!(ok("{}\r\n{}\r\n"), [true, true]);
    assert_eq!(ok("{}\n\n{}"), [true, false, true]);
    assert_eq!(ok("{}\n\n"), [true, false]);
    assert_eq!(ok("\n"), [false]);
    assert_eq!(ok("\n\n\n"), [false, false, false]);
    assert_eq!(ok("{}\n{\n{}"), [true, false, true]);
}

#[test]
fn replies_are_written_as_documented() {
    let connected = |ttl_s| {
        Success::Connect(Connected {
            client: Arc::from("5f0c"),
            version: "1.9.0",
            ping_s: 25,
            ttl_s,
        })
    };
    let log = |was_recovering, recovered| {
        Success::Subscribe(Subscribed::Log {
            epoch: Arc::from("k3v9"),
            offset: 918,
            was_recovering,
            recovered,
        })
    };
    let state = Subscribed::State {
        was_recovering: false,
        data: Bytes::from_static(b"{\"seq\":7}"),
    };
    let entry = PresenceEntry {
        client: "5f0c".to_owned(),
        user: "u\"1".to_owned(),
        conn_info: Some(Bytes::from_static(b"{\"name\":\"Ada\"}")),
    };
    let page = |publications: &[&'static [u8]]| {
        Success::History(HistoryPage {
            publications: publications
                .iter()
                .map(|text| Bytes::from_static(text))
                .collect(),
            epoch: Arc::from("k3v9"),
            offset: 920,
        })
    };
    let stats = Success::PresenceStats {
        clients: 3,
        users: 2,
    };
    for (success, expected) in [
        (
            connected(None),
            r#""connect":{"client":"5f0c","version":"1.9.0","ping":25,"pong":true}"#,
        ),
        (
            connected(Some(0)),
            r#""connect":{"client":"5f0c","version":"1.9.0","ping":25,"pong":true,"expires":true,"ttl":1}"#,
        ),
        (
            log(false, false),
            r#""subscribe":{"recoverable":true,"positioned":true,"epoch":"k3v9","offset":918}"#,
        ),
        (
            log(true, true),
            r#""subscribe":{"recoverable":true,"positioned":true,"epoch":"k3v9","offset":918,"was_recovering":true,"recovered":true}"#,
        ),
        (
            Success::Subscribe(state),
            r#""subscribe":{"data":{"seq":7}}"#,
        ),
        (Success::Unsubscribe, r#""unsubscribe":{}"#),
        (
            Success::Presence(vec![entry]),
            r#""presence":{"presence":{"5f0c":{"client":"5f0c","user":"u\"1","conn_info":{"name":"Ada"}}}}"#,
        ),
        (Success::Presence(vec![]), r#""presence":{"presence":{}}"#),
        (stats, r#""presence_stats":{"num_clients":3,"num_users":2}"#),
        (page(&[]), r#""history":{"epoch":"k3v9","offset":920}"#),
        (
            page(&[br#"{"offset":1,"data":{}}"#, b"{}"]),
            r#""history":{"publications":[{"offset":1,"data":{}},{}],"epoch":"k3v9","offset":920}"#,
        ),
        (
            Success::Refresh { ttl_s: Some(900) },
            r#""refresh":{"expires":true,"ttl":900}"#,
        ),
        (Success::Refresh { ttl_s: None }, r#""refresh":{}"#),
    ] {
        assert_eq!(written(Ok(success)), format!(r#"{{"id":4,{expected}}}"#));
    }
    assert_eq!(
        written(Err(ErrorCode::PermissionDenied)),
        r#"{"id":4,"error":{"code":103,"message":"permission denied"}}"#
    );
    assert_eq!(
        written(Err(ErrorCode::Internal)),
        r#"{"id":4,"error":{"code":100,"message":"internal server error","temporary":true}}"#
    );
}

#[test]
fn pushes_are_written_as_documented() {
    let publication = Json.publication(&Publication {
        offset: Some(918),
        data: Bytes::from_static(b"{\"a\":1}"),
        tags: vec![("kind", "task.closed".to_owned())],
        time_ms: Some(5),
    });
    let push = Push {
        channel: "a\"b",
        kind: PushKind::Publication(&publication),
    };
    assert_eq!(
        text(&Json.push(&push)),
        r#"{"push":{"channel":"a\"b","pub":{"offset":918,"data":{"a":1},"tags":{"kind":"task.closed"},"time":5}}}"#
    );
    let push = Push {
        channel: "c",
        kind: PushKind::Unsubscribe(UnsubscribeCode::InsufficientState),
    };
    assert_eq!(
        text(&Json.push(&push)),
        r#"{"push":{"channel":"c","unsubscribe":{"code":2500,"reason":"insufficient state"}}}"#
    );
    assert_eq!(text(&Json.ping()), "{}");
}

#[test]
fn a_newline_in_a_ready_text_does_not_break_the_line() {
    let publication = Json.publication(&Publication {
        data: Bytes::from_static(b"{\n \"a\": \"x\\ny\"\n}"),
        ..Default::default()
    });
    assert_eq!(text(&publication), r#"{"data":{  "a": "x\ny" }}"#);
}
