//! Somebody at the front door, with a cookie or without.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// A person's browser, more or less.
#[derive(Clone)]
pub struct Client {
    url: String,
    cookie: Option<String>,
    token: Option<String>,
    http: reqwest::Client,
}

/// An answer with everything a test may want of it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }
}

impl Client {
    #[must_use]
    pub fn new(url: &str, cookie: Option<String>) -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { url: url.to_owned(), cookie, token: None, http }
    }

    /// A request to be changed before it goes out.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{}{path}", self.url));
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    /// A program that shows an access token, and has no cookies.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { cookie: None, token: Some(token.to_owned()), ..self.clone() }
    }

    /// Sends it.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.expect("a body").to_vec() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// The whole answer of the graph: data, errors, extensions.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.request("POST", "/graphql").json(&body)).await.json()
    }

    /// The data of a question that must go well.
    ///
    /// # Panics
    /// When it does not.
    pub async fn data(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.ask(query, variables).await;
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].take()
    }

    /// The code of a question that must be refused.
    ///
    /// # Panics
    /// When it is not.
    pub async fn refused(&self, query: &str, variables: Value) -> String {
        let answer = self.ask(query, variables).await;
        answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("not refused: {answer:#}")).to_owned()
    }

    /// The cookie it sends.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// The same browser with another cookie header.
    #[must_use]
    pub fn with_cookie(&self, cookie: Option<String>) -> Self {
        Self { cookie, ..self.clone() }
    }

    /// Sends a command of one `$input`, which must go well; what it came to.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn does(&self, mutation: &str, input: Value) -> Value {
        let data = self.data(mutation, json!({ "input": input })).await;
        data.as_object().and_then(|fields| fields.values().next()).cloned().unwrap_or_default()
    }

    /// The extensions of the error a command of one `$input` must end in.
    ///
    /// # Panics
    /// When it is not refused, or tells anything beside its error.
    pub async fn fails(&self, mutation: &str, input: Value) -> Value {
        let mut answer = self.ask(mutation, json!({ "input": input })).await;
        assert!(answer["data"].is_null(), "{answer:#}");
        assert_eq!(answer["errors"].as_array().map(Vec::len), Some(1), "{answer:#}");
        answer["errors"][0]["extensions"].take()
    }

    /// Opens a sign-in link and presses its button; the session's cookie.
    ///
    /// # Errors
    /// The answer that did not sign in.
    pub async fn open_link(&self, token: &str) -> Result<String, Answer> {
        let page = self.get(&format!("/sign-in/link/{token}")).await;
        assert_eq!(page.status, 200);
        let answer = self.send(self.request("POST", "/sign-in/link").form(&[("token", token)])).await;
        cookie(&answer, "__Host-terrein=").ok_or(answer)
    }

    /// A tile, when there is anything in it.
    ///
    /// # Panics
    /// For an answer that is neither a tile nor nothing.
    pub async fn tile(&self, layers: &str, z: u8, x: u32, y: u32) -> Option<Vec<u8>> {
        let answer = self.get(&format!("/tiles/{layers}/{z}/{x}/{y}")).await;
        match answer.status {
            200 => Some(answer.body),
            204 => None,
            status => panic!("{status}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    /// Opens a socket and says hello.
    ///
    /// # Panics
    /// When it does not open.
    pub async fn socket(&self) -> Subscription {
        let mut socket = self.knock(None).await.expect("the socket opens");
        socket.say(json!({ "type": "connection_init" })).await;
        let hello = socket.next(std::time::Duration::from_secs(10)).await.expect("a hello");
        assert_eq!(hello["type"], "connection_ack");
        socket
    }

    /// Asks for a socket from a page of `origin`.
    ///
    /// # Errors
    /// The status it was refused with.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn knock(&self, origin: Option<&str>) -> Result<Subscription, u16> {
        let mut request = format!("{}/graphql/ws", self.url.replacen("http", "ws", 1)).into_client_request().expect("an address");
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse().expect("a header"));
        if let Some(cookie) = &self.cookie {
            headers.insert("cookie", cookie.parse().expect("a header"));
        }
        if let Some(token) = &self.token {
            headers.insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        }
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("a header"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Subscription { socket }),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// Subscribes; each message of the stream as it comes.
    ///
    /// # Panics
    /// When the socket does not open.
    pub async fn subscribe(&self, query: &str, variables: Value) -> Subscription {
        let mut socket = self.socket().await;
        socket.say(json!({ "id": "1", "type": "subscribe", "payload": { "query": query, "variables": variables } })).await;
        socket
    }
}

/// The cookie with this name in an answer.
#[must_use]
pub fn cookie(answer: &Answer, name: &str) -> Option<String> {
    answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .find(|value| value.starts_with(name))
        .and_then(|value| value.split(';').next())
        .map(str::to_owned)
}

/// An open subscription.
pub struct Subscription {
    socket: tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Subscription {
    /// Sends a message.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// The code the socket is closed with, within a time; whatever is said before is passed over.
    pub async fn closed(&mut self, within: std::time::Duration) -> Option<u16> {
        tokio::time::timeout(within, async {
            while let Some(Ok(message)) = self.socket.next().await {
                if let Message::Close(frame) = message {
                    return frame.map(|frame| frame.code.into());
                }
            }
            None
        })
        .await
        .ok()
        .flatten()
    }

    /// The next message, within a time; `None` for silence or the end.
    pub async fn next(&mut self, within: std::time::Duration) -> Option<Value> {
        tokio::time::timeout(within, async {
            while let Some(Ok(message)) = self.socket.next().await {
                if let Ok(text) = message.to_text()
                    && let Ok(value) = serde_json::from_str::<Value>(text)
                    && value["type"] != "ping"
                {
                    return Some(value);
                }
            }
            None
        })
        .await
        .ok()
        .flatten()
    }
}
