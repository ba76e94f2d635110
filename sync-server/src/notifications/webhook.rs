//! A web hook, signed as Standard Webhooks (standardwebhooks.com) has it, so that ready-made libraries verify it.

use std::{net::IpAddr, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::{api::notifications::Notification, time::UnixMs};
use hmac::{Hmac, Mac};
use reqwest::{Client, StatusCode, Url, redirect::Policy};
use sha2::Sha256;
use zeroize::Zeroizing;

/// How long the other side may take.
const BOUND: Duration = Duration::from_secs(10);
/// A shorter secret could be guessed.
const SECRET_LEAST: usize = 24;

/// Why there is no web hook, or why it did not take a notification.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The address will not do.
    #[error("notify_url: an https:// address, or http:// to this machine")]
    Address,
    /// The secret is missing or will not do.
    #[error("notify_secret: 24 random bytes or more in base64, with or without whsec_ before them")]
    Secret,
    /// The client cannot be made ready, or the other side was not reached or not in time.
    #[error("the web hook was not reached")]
    Unreached(#[source] reqwest::Error),
    /// The notification cannot be written down.
    #[error("the notification cannot be written")]
    Body(#[from] serde_json::Error),
    /// The other side did not say that it took it.
    #[error("the web hook answered {0}")]
    Refused(StatusCode),
}

/// Where notifications go.
#[derive(Clone)]
pub struct Webhook {
    url: Url,
    secret: Zeroizing<Vec<u8>>,
    client: Client,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Webhook")
    }
}

impl Webhook {
    /// The web hook at `url`, its requests signed with `secret`.
    pub fn new(url: &str, secret: &str) -> Result<Self, WebhookError> {
        let url: Url = url.parse().map_err(|_| WebhookError::Address)?;
        let here = match url.host_str() {
            Some("localhost") => true,
            Some(host) => host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()),
            None => false,
        };
        if !(url.scheme() == "https" || (url.scheme() == "http" && here)) {
            return Err(WebhookError::Address);
        }
        let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
        let secret = bytes.ok().filter(|bytes| bytes.len() >= SECRET_LEAST).ok_or(WebhookError::Secret)?;
        // One may be installed already: any will do.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().timeout(BOUND).redirect(Policy::none()).build();
        Ok(Self { url, secret: Zeroizing::new(secret), client: client.map_err(WebhookError::Unreached)? })
    }

    /// Sends a notification; done when the other side said 2xx.
    pub async fn send(&self, notification: &Notification, now: UnixMs) -> Result<(), WebhookError> {
        let body = serde_json::to_string(notification)?;
        let (id, at) = (notification.id.to_string(), (now.0 / 1000).to_string());
        let request = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", &at)
            .header("webhook-signature", self.signature(&id, &at, &body)?)
            .body(body);
        let answer = request.send().await.map_err(|error| WebhookError::Unreached(error.without_url()))?;
        if answer.status().is_success() { Ok(()) } else { Err(WebhookError::Refused(answer.status())) }
    }

    fn signature(&self, id: &str, at: &str, body: &str) -> Result<String, WebhookError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).map_err(|_| WebhookError::Secret)?;
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn requests_are_signed_as_standard_webhooks_says() {
        // The example of its specification, as other implementations compute it.
        let hook = Webhook::new("https://example.org/hook", SECRET).unwrap();
        let signature =
            hook.signature("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}");
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn no_notification_goes_out_in_the_clear_or_unsigned() {
        for url in ["http://example.org/hook", "ftp://example.org", "hook", "http://10.0.0.1/"] {
            assert!(matches!(Webhook::new(url, SECRET), Err(WebhookError::Address)), "{url}");
        }
        assert!(Webhook::new("http://127.0.0.1:9/hook", SECRET).is_ok());
        for secret in ["", "short", "whsec_AAAA"] {
            let made = Webhook::new("https://example.org", secret);
            assert!(matches!(made, Err(WebhookError::Secret)), "{secret}");
        }
    }
}
