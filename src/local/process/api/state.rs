//! The states of a runtime, as the Runtime API sees it: pure, without any I/O.
//!
//! Source of the states, their names and what each of them refuses: AWS's own implementation of the service, published
//! as the Runtime Interface Emulator (`internal/lambda/core/states.go`, `internal/lambda/rapi/handler`).

use bytes::Bytes;

/// What is handed to the runtime for one invocation.
#[derive(Debug, Clone)]
pub struct Event {
    /// `Lambda-Runtime-Aws-Request-Id`.
    pub request_id: String,
    /// The event: JSON.
    pub body: Bytes,
    /// `Lambda-Runtime-Deadline-Ms`: since 1970.
    pub deadline_ms: u64,
    /// `Lambda-Runtime-Invoked-Function-Arn`.
    pub function_arn: String,
    /// `Lambda-Runtime-Client-Context`: JSON.
    pub client_context: Option<String>,
    /// `Lambda-Runtime-Trace-Id`.
    pub trace_id: Option<String>,
}

/// What the runtime says of an invocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The function's answer.
    Response(Bytes),
    /// The function's error: its payload.
    Error(String),
    /// An answer larger than Lambda takes.
    TooLarge,
}

/// Where a runtime stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It was started, and has not asked for an invocation yet.
    Started,
    /// It said that it cannot start.
    InitError,
    /// It asks for an invocation.
    Ready,
    /// It has one.
    Running,
    /// It answered, and has not asked for the next one yet.
    ResponseSent,
}

impl Phase {
    fn name(self) -> &'static str {
        match self {
            Phase::Started => "Started",
            Phase::InitError => "InitError",
            Phase::Ready => "Ready",
            Phase::Running => "Running",
            Phase::ResponseSent => "ResponseSent",
        }
    }
}

/// A request that is refused, with what the runtime is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `errorType`.
    pub error_type: &'static str,
    /// `errorMessage`.
    pub message: String,
}

impl Refusal {
    /// An id that is not the running invocation's.
    pub fn invalid_request_id() -> Self {
        Refusal {
            status: 400,
            error_type: "InvalidRequestID",
            message: "Invalid request ID".into(),
        }
    }

    /// `Lambda-Runtime-Function-Response-Mode` says something other than `streaming`.
    pub fn invalid_response_mode() -> Self {
        Refusal {
            status: 400,
            error_type: "InvalidFunctionResponseMode",
            message: "Invalid function response mode".into(),
        }
    }

    /// The request ended before its body did.
    pub fn truncated() -> Self {
        Refusal {
            status: 400,
            error_type: "TruncatedHTTPRequest",
            message: "HTTP request detected as truncated".into(),
        }
    }

    /// The body is larger than Lambda takes.
    pub fn too_large(limit: usize) -> Self {
        Refusal {
            status: 413,
            error_type: "RequestEntityTooLarge",
            message: format!("Exceeded maximum allowed payload size ({limit} bytes)."),
        }
    }

    fn transition(from: Phase, to: &str) -> Self {
        Refusal {
            status: 403,
            error_type: "InvalidStateTransition",
            message: format!(
                "State transition from {} to {to} failed for runtime. Error: State transition is not allowed",
                from.name()
            ),
        }
    }
}

/// A runtime and what it works on.
#[derive(Debug)]
pub struct State {
    phase: Phase,
    event: Option<Event>,
    answer: Option<Answer>,
    init_error: Option<String>,
    /// How many connections are open.
    pub connections: usize,
}

impl Default for State {
    fn default() -> Self {
        State {
            phase: Phase::Started,
            event: None,
            answer: None,
            init_error: None,
            connections: 0,
        }
    }
}

impl State {
    /// Where the runtime stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// What the runtime said instead of starting.
    pub fn init_error(&self) -> Option<&str> {
        self.init_error.as_deref()
    }

    /// The platform has an invocation for the runtime.
    pub fn hand_over(&mut self, event: Event) {
        self.event = Some(event);
        self.answer = None;
    }

    /// What the runtime answered; once.
    pub fn take_answer(&mut self) -> Option<Answer> {
        self.answer.take()
    }

    /// The runtime asks for an invocation. Asking again before answering gives the same one again: a client that lost
    /// its connection does so.
    ///
    /// # Errors
    /// After an init error.
    pub fn ask(&mut self) -> Result<(), Refusal> {
        match self.phase {
            Phase::InitError => Err(Refusal::transition(self.phase, Phase::Ready.name())),
            Phase::Running => Ok(()),
            Phase::Started | Phase::Ready | Phase::ResponseSent => {
                self.phase = Phase::Ready;
                Ok(())
            }
        }
    }

    /// The invocation that waits for the runtime, once there is one.
    pub fn take_event(&mut self) -> Option<Event> {
        let event = self.event.clone()?;
        self.phase = Phase::Running;
        Some(event)
    }

    /// Whether the runtime may answer the invocation `id`; `to` is the state that it wants to enter.
    ///
    /// # Errors
    /// When it has none, or another one.
    pub fn may_answer(&self, id: &str, to: &'static str) -> Result<(), Refusal> {
        if self.phase != Phase::Running {
            return Err(Refusal::transition(self.phase, to));
        }
        match &self.event {
            Some(event) if event.request_id == id => Ok(()),
            _ => Err(Refusal::invalid_request_id()),
        }
    }

    /// The runtime's answer to the invocation `id`.
    ///
    /// # Errors
    /// As [`State::may_answer`].
    pub fn answer(&mut self, id: &str, to: &'static str, answer: Answer) -> Result<(), Refusal> {
        self.may_answer(id, to)?;
        self.event = None;
        self.answer = Some(answer);
        self.phase = Phase::ResponseSent;
        Ok(())
    }

    /// The runtime cannot start.
    ///
    /// # Errors
    /// When it has already asked for an invocation, or said so before.
    pub fn fail_init(&mut self, payload: String) -> Result<(), Refusal> {
        if self.phase != Phase::Started {
            return Err(Refusal::transition(self.phase, Phase::InitError.name()));
        }
        self.phase = Phase::InitError;
        self.init_error = Some(payload);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str) -> Event {
        Event {
            request_id: id.into(),
            body: Bytes::from_static(b"{}"),
            deadline_ms: 0,
            function_arn: String::new(),
            client_context: None,
            trace_id: None,
        }
    }

    fn running(id: &str) -> State {
        let mut state = State::default();
        state.ask().unwrap();
        state.hand_over(event(id));
        state.take_event().unwrap();
        state
    }

    const RESPONSE: &str = "InvocationResponse";

    #[test]
    fn an_answer_leads_back_to_asking() {
        let mut state = running("a");
        let answer = Answer::Response(Bytes::from_static(b"1"));
        state.answer("a", RESPONSE, answer.clone()).unwrap();
        assert_eq!(state.phase(), Phase::ResponseSent);
        assert_eq!(state.take_answer(), Some(answer));
        state.ask().unwrap();
        assert_eq!(state.phase(), Phase::Ready);
        assert!(state.take_event().is_none());
    }

    #[test]
    fn a_second_answer_is_refused() {
        let mut state = running("a");
        state.answer("a", RESPONSE, Answer::TooLarge).unwrap();
        let refusal = state.answer("a", RESPONSE, Answer::TooLarge).unwrap_err();
        assert_eq!(refusal.status, 403);
        assert_eq!(
            refusal.message,
            "State transition from ResponseSent to InvocationResponse failed for runtime. Error: State transition is not allowed"
        );
    }

    #[test]
    fn an_answer_for_another_id_changes_nothing() {
        let mut state = running("a");
        let refusal = state.answer("b", RESPONSE, Answer::TooLarge).unwrap_err();
        assert_eq!(refusal, Refusal::invalid_request_id());
        assert_eq!(state.phase(), Phase::Running);
        state.answer("a", RESPONSE, Answer::TooLarge).unwrap();
    }

    #[test]
    fn asking_again_gives_the_same_event_again() {
        let mut state = running("a");
        state.ask().unwrap();
        assert_eq!(state.take_event().unwrap().request_id, "a");
    }

    #[test]
    fn an_init_error_is_taken_once_and_before_anything_else() {
        let mut state = State::default();
        state.fail_init("{}".into()).unwrap();
        assert_eq!(state.init_error(), Some("{}"));
        assert_eq!(state.fail_init("{}".into()).unwrap_err().status, 403);
        assert_eq!(state.ask().unwrap_err().status, 403);
        assert_eq!(running("a").fail_init("{}".into()).unwrap_err().status, 403);
    }
}
