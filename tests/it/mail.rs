//! Mail that goes out over SMTP, and a mail server that is away.

use lajur::config::secret::Secret;
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::{Answer, Client};
use crate::support::receiver::Receiver;

const PASSWORD: &str = "kuda-laut-menari-pelan";

async fn started(server: String) -> TestApp {
    TestApp::start_with(|config| {
        config.mail.smtp_url = Some(Secret::new(&server));
        config.mail.sender = "Al-Barokah <kantor@al-barokah.example>".to_owned();
        config.mail.public_url = Some("https://lajur.example.com/".to_owned());
    })
    .await
}

async fn invite(manager: &Client) -> Answer {
    let body =
        json!({ "email": "ani@example.test", "name": "Ani Lestari", "roles": ["visa-admin"] });
    manager.post("/api/v1/users", body).await
}

/// The token of the link in a mail, which comes quoted-printable: long lines
/// are broken after `=`, and `=` itself is written `=3D`.
fn token_of(mail: &str) -> String {
    let text = mail.replace("=\r\n", "").replace("=3D", "=");
    let (_, token) = text
        .split_once("?token=")
        .unwrap_or_else(|| panic!("no link: {text}"));
    token.split_whitespace().next().unwrap().to_owned()
}

#[actix_web::test]
async fn an_invitation_and_a_new_password_come_by_smtp() {
    let post = Receiver::of_mail().await;
    let app = started(format!("smtp://{}", post.address)).await;
    let manager = app.manager().await;
    invite(&manager).await.data(201);
    let mail = post.hears("the invitation", |_| true).await.text();
    for line in [
        "From: Al-Barokah <kantor@al-barokah.example>\r\n",
        "To: \"Ani Lestari\" <ani@example.test>\r\n",
        "https://lajur.example.com/accept-invitation?token=",
    ] {
        assert!(
            mail.replace("=\r\n", "").replace("=3D", "=").contains(line),
            "{line} in {mail}"
        );
    }
    let body = json!({ "token": token_of(&mail), "password": PASSWORD });
    let accepted = app.stranger().post("/api/v1/auth/invitation", body).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text);

    let body = json!({ "tenant": "al-barokah", "email": "ani@example.test" });
    let forgotten = app.stranger().post("/api/v1/auth/forgot", body).await;
    assert!(forgotten.status < 300, "{}", forgotten.text);
    let reset = |mail: &crate::support::receiver::Told| mail.text().contains("/reset-password");
    let mail = post
        .hears("the link for another password", reset)
        .await
        .text();
    let body = json!({ "token": token_of(&mail), "password": "gajah-biru-tidur-siang" });
    let answer = app.stranger().post("/api/v1/auth/reset", body).await;
    assert!(answer.status < 300, "{}", answer.text);
}

#[actix_web::test]
async fn who_cannot_be_mailed_is_told_of_and_can_be_invited_again() {
    let post = Receiver::of_mail().await;
    let address = post.address;
    drop(post);
    let app = started(format!("smtp://{address}")).await;
    let manager = app.manager().await;
    let invited = invite(&manager).await;
    let ani = invited.data(201);
    assert_eq!(ani["state"], "invited");
    assert_eq!(
        invited.json()["message"],
        "the invitation could not be mailed: invite them again"
    );
    // nobody learns from it whether there is such an account
    for email in ["ani@example.test", "nobody@example.test"] {
        let body = json!({ "tenant": "al-barokah", "email": email });
        let answer = app.stranger().post("/api/v1/auth/forgot", body).await;
        assert!(answer.status < 300, "{email}: {}", answer.text);
    }
}
