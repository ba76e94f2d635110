//! The pages that a link opens: one form each, nothing from elsewhere, no name or secret sent before it is asked for.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatehouse::hash::Hash;

/// What the page of a link asks for, and where it sends that.
#[derive(Clone, Copy, Debug)]
pub(super) enum LinkPage {
    /// A new password.
    Password,
    /// Who becomes an admin.
    Join,
}

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem;\
color:#101418;background:#fff}label{display:block;margin:1rem 0 .2rem}input,button{font:inherit;width:100%;\
box-sizing:border-box;padding:.6rem;border:2px solid #3d4852;border-radius:.3rem}button{margin-top:1.5rem;\
background:#0b3d91;color:#fff;border-color:#0b3d91}output{display:block;margin-top:1rem;font-weight:600}";

// The secret stands behind the `#`, which browsers keep to themselves; it is taken off the address bar at once.
const SCRIPT: &str = "const secret=location.hash.slice(1);history.replaceState(null,'',location.pathname);\
const form=document.forms[0],said=form.querySelector('output');form.addEventListener('submit',async event=>{\
event.preventDefault();const body={secret};for(const input of form.querySelectorAll('input'))\
body[input.name]=input.value;said.textContent='…';try{const answer=await fetch(form.dataset.to,{method:'POST',\
headers:{'content-type':'application/json'},body:JSON.stringify(body)});if(answer.ok){\
said.textContent='Done. You can sign in now.';form.querySelector('button').disabled=true;return}\
const problem=await answer.json();said.textContent=[problem.title,...(problem.errors||[])\
.map(error=>error.field+': '+error.reason)].join('. ')}catch{said.textContent='No connection: try again.'}});";

impl LinkPage {
    /// The page. What it sends goes to where the page itself came from, which may be a path behind a reverse proxy.
    pub(super) fn html(self) -> String {
        let (title, to, inputs) = match self {
            Self::Password => (
                "A new password",
                "../auth/password/reset",
                input("password", "New password, at least 10 characters", "password"),
            ),
            Self::Join => (
                "Become an admin",
                "../auth/invitations/accept",
                [
                    input("name", "Full name", "text"),
                    input("phone", "Phone, like +919900000001", "tel"),
                    input("email", "E-mail", "email"),
                    input("password", "Password: a new one, or that of your account", "password"),
                ]
                .concat(),
            ),
        };
        format!(
            "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
             <title>Gatehouse</title><style>{STYLE}</style><h1>{title}</h1><form data-to=\"{to}\">{inputs}\
             <button>OK</button><output></output></form><script>{SCRIPT}</script></html>"
        )
    }

    /// What the page may do: run its own script, ask its own server, and no more.
    pub(super) fn policy() -> String {
        let of = |text: &str| STANDARD.encode(Hash::of(&[text.as_bytes()]).0);
        format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; \
             form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
            of(SCRIPT),
            of(STYLE)
        )
    }
}

fn input(name: &str, label: &str, kind: &str) -> String {
    format!("<label for={name}>{label}</label><input id={name} name={name} type={kind} required>")
}
