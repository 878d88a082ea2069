//! How much a client may ask for.

use super::*;

#[test]
fn commands_are_limited_and_pongs_are_commands() {
    for line in ["{\"id\":2,\"rpc\":{}}", "{}"] {
        let mut connection = Connection::open_with(Settings {
            commands_per_second: 1,
            command_burst: 5,
            ..Settings::default()
        });
        // connect was the first
        let effects = connection.send(&[line; 4].join("\n"));
        assert_eq!(closed(&effects), None);
        connection.now += SECOND;
        assert_eq!(closed(&connection.send(line)), None);
        assert_eq!(closed(&connection.send(line)), Some(3013));
    }
}

#[test]
fn commands_that_wait_are_limited() {
    let mut connection = Connection::fresh(Settings {
        queued_commands: 3,
        ..Settings::default()
    });
    let rpc = "{\"id\":2,\"rpc\":{}}";
    connection.say(json!({"id": 1, "connect": {}}));
    assert!(connection.send(&[rpc; 3].join("\n")).is_empty());
    assert_eq!(closed(&connection.send(rpc)), Some(3013));
}

#[test]
fn a_client_that_comes_back_may_subscribe_to_everything_at_once() {
    let mut connection = Connection::fresh(Settings::default());
    let mut message = json!({"id": 1, "connect": {}}).to_string();
    for n in 0..128 {
        let command = json!({"id": n + 2, "subscribe": {"channel": format!("{TASKS}:r{n}")}});
        message.push_str(&format!("\n{command}"));
    }
    connection.send(&message);
    let effects = connection.admit(Ok(admission()));
    assert_eq!(lines(&effects).len(), 129);
    assert_eq!(connection.session.channels().count(), 128);
}
