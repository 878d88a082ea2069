//! From the upgrade to the first subscription, and the end.

use super::*;

#[test]
fn the_first_command_is_connect() {
    for line in [
        r#"{"id":1,"subscribe":{"channel":"x"}}"#,
        r#"{"id":1,"rpc":{}}"#,
        r#"{"id":1,"refresh":{"token":"t"}}"#,
        r#"{"send":{}}"#,
        "{}",
    ] {
        let mut connection = Connection::fresh(Settings::default());
        assert_eq!(closed(&connection.send(line)), Some(3501), "{line}");
    }
}

#[test]
fn connect_is_authenticated_and_answered_first() {
    let mut connection = Connection::fresh(Settings::default());
    let effects = connection.say(json!({"id": 7, "connect": {"token": "t"}}));
    assert!(matches!(
        effects.as_slice(),
        [Effect::Authenticate { token: Some(token) }] if token == "t"
    ));
    // what comes in meanwhile waits
    assert!(
        connection
            .say(json!({"id": 8, "subscribe": {"channel": TASKS}}))
            .is_empty()
    );
    let effects = connection.admit(Ok(Admission {
        expires_in: Some(Duration::from_secs(900)),
        ..admission()
    }));
    assert_eq!(
        lines(&effects),
        [
            json!({"id": 7, "connect": {"client": "c1", "version": env!("CARGO_PKG_VERSION"),
                "ping": 25, "pong": true, "expires": true, "ttl": 900}}),
            json!({"id": 8, "subscribe": {"recoverable": true, "positioned": true,
                "epoch": "e1", "offset": 0}}),
        ]
    );
    assert_eq!(messages(&effects).len(), 1);
}

#[test]
fn a_second_connect_is_a_bad_request() {
    let mut connection = Connection::open();
    let effects = connection.say(json!({"id": 2, "connect": {}}));
    assert_eq!(closed(&effects), Some(3501));
    // nothing after the close is processed
    assert!(connection.send("{").is_empty());
    assert!(connection.after(SECOND * 100).is_empty());
    assert_eq!(connection.session.deadline(), None);
}

#[test]
fn refusals_stop_the_client_or_let_it_try_again() {
    for (refusal, close, error) in [
        (Refusal::InvalidToken, Some(3500), None),
        (Refusal::Disabled, Some(3507), None),
        (Refusal::ConnectionLimit, Some(3504), None),
        (Refusal::TokenExpired, None, Some(109)),
        (Refusal::Busy, None, Some(111)),
        (Refusal::Failed, None, Some(100)),
    ] {
        let mut connection = Connection::fresh(Settings::default());
        connection.send("{\"id\":1,\"connect\":{}}\n{\"id\":2,\"rpc\":{}}");
        let effects = connection.admit(Err(refusal));
        assert_eq!(closed(&effects), close);
        assert_eq!(errors(&effects).first().copied(), error);
        assert!(lines(&effects).len() < 2, "what follows is discarded");
        assert!(connection.say(json!({"id": 3, "rpc": {}})).is_empty());
        if error.is_some() {
            assert_eq!(closed(&connection.after(SECOND * 4)), None);
            let code = closed(&connection.after(SECOND)).unwrap();
            assert!((3000..3500).contains(&code), "it may come back");
        }
    }
}

#[test]
fn authentication_that_takes_too_long_is_a_temporary_error() {
    let mut connection = Connection::fresh(Settings::default());
    connection.say(json!({"id": 1, "connect": {}}));
    assert_eq!(errors(&connection.after(SECOND * 3)), [100]);
    assert!(connection.admit(Ok(admission())).is_empty(), "too late");
}

#[test]
fn a_connection_without_connect_gets_stale() {
    let mut connection = Connection::fresh(Settings::default());
    assert_eq!(
        connection.session.deadline(),
        Some(connection.now + SECOND * 15)
    );
    assert!(connection.after(SECOND * 14).is_empty());
    assert_eq!(closed(&connection.after(SECOND)), Some(3502));
}

#[test]
fn a_valid_command_before_a_bad_line_is_served() {
    let bad = "{\"id\":2,\"rpc\":{}}\nnonsense\n{\"id\":3,\"rpc\":{}}";
    let effects = Connection::open().send(bad);
    assert_eq!(errors(&effects), [104]);
    assert_eq!(closed(&effects), Some(3501));
    // also when it has to wait for an answer
    let mut connection = Connection::fresh(Settings::default());
    let effects = connection.send("{\"id\":1,\"connect\":{}}\n");
    assert_eq!(effects.len(), 1);
    assert!(connection.send(bad).is_empty());
    let effects = connection.admit(Ok(admission()));
    assert_eq!(lines(&effects).len(), 2);
    assert_eq!(closed(&effects), Some(3501));
}

#[test]
fn what_is_not_a_text_message_closes() {
    let now = Instant::now();
    let session = || Connection::open().session;
    assert_eq!(closed(&session().binary(now)), Some(3501));
    assert_eq!(closed(&session().not_utf8(now)), Some(3501));
    assert_eq!(closed(&session().too_big(now)), Some(1009));
    let long = format!(
        "{{\"id\":2,\"rpc\":{{\"data\":\"{}\"}}}}",
        "x".repeat(65_536)
    );
    assert_eq!(closed(&Connection::open().send(&long)), Some(1009));
    assert_eq!(closed(&session().cut(CloseCode::Shutdown, now)), Some(3001));
}

#[test]
fn pings_are_sent_and_must_be_answered() {
    let mut connection = Connection::open();
    // the first after half an interval, since this session's chance is 0
    assert!(connection.after(Duration::from_millis(12_499)).is_empty());
    assert_eq!(
        messages(&connection.after(Duration::from_millis(1))),
        ["{}"]
    );
    assert!(connection.send("{}").is_empty());
    assert!(connection.after(SECOND * 24).is_empty());
    assert_eq!(messages(&connection.after(SECOND)), ["{}"]);
    // any message counts, and so does the answer to a probe
    connection.say(json!({"id": 2, "rpc": {}}));
    assert_eq!(messages(&connection.after(SECOND * 25)), ["{}"]);
    connection.pong(0);
    assert_eq!(messages(&connection.after(SECOND * 25)), ["{}"]);
    assert_eq!(closed(&connection.after(SECOND * 9)), None);
    assert_eq!(closed(&connection.after(SECOND)), Some(3012));
}

#[test]
fn chance_spreads_the_first_ping_over_half_an_interval() {
    let now = Instant::now();
    let settings = Arc::new(Settings::default());
    let mut session = Session::new(settings, Arc::from("c"), u16::MAX, now);
    session.receive("{\"id\":1,\"connect\":{}}", now, None::<&TestFeed>);
    session.admitted(Ok(admission()), now, Some(&TestFeed::default()));
    assert_eq!(session.deadline(), Some(now + SECOND * 25));
}
