//! A place to deploy to: a server that knows queues, and a folder for the state.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use hoist::aws::Fault;
use hoist::deploy::apply::{Outcome, Resolver, World, apply};
use hoist::deploy::event::Event;
use hoist::deploy::pace::Paces;
use hoist::deploy::plan::{Plan, Request, plan};
use hoist::deploy::provider::Providers;
use hoist::deploy::recover::{self, Drift};
use hoist::deploy::state::State;
use hoist::deploy::state::file::FileStore;
use hoist::deploy::state::store::{Holder, StateStore};
use hoist::deploy::value::Secrets;
use hoist::diag::Sources;
use hoist::eval::{Evaluation, Inputs, TemplateScope, evaluate, no_includes};
use hoist::template;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::cloud::{REGION, cloud};
use crate::record::{Answer, Call, Recorder};

const ACCOUNT: &str = "123456789012";
const STACK: &str = "shop";

type Answerer = Box<dyn Fn(&Call) -> Option<Answer> + Send + Sync>;

/// What the server knows of a queue.
#[derive(Debug, Clone, Default)]
struct Queue {
    attributes: Map<String, Value>,
    tags: Map<String, Value>,
}

/// The server's memory.
#[derive(Default)]
struct Queues {
    there: BTreeMap<String, Queue>,
    made: Vec<String>,
    deleted: Vec<String>,
    /// The queue is made, and the answer says that there is one.
    refuses_after_making: bool,
    /// The queue is made, and no answer comes.
    kills_after: Option<String>,
}

/// The server and the folder.
pub struct Site {
    recorder: Recorder,
    queues: Arc<Mutex<Queues>>,
    first: Arc<Mutex<Answerer>>,
    killed: Arc<Notify>,
    folder: tempfile::TempDir,
}

/// What came of a deployment.
pub struct Done {
    pub plan: Plan,
    pub outcome: Outcome,
    pub events: Vec<Event>,
    pub state: State,
}

/// Templates of these tests have no dynamic references.
struct Plain;

impl Resolver for Plain {
    fn resolve(
        &self,
        properties: Map<String, Value>,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Map<String, Value>, Fault>> + Send + '_>>
    {
        Box::pin(async move { Ok(properties) })
    }
}

impl Site {
    /// A server on which nothing is. `answer` is asked before it answers itself.
    pub fn start(answer: impl Fn(&Call) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let queues = Arc::<Mutex<Queues>>::default();
        let first: Arc<Mutex<Answerer>> = Arc::new(Mutex::new(Box::new(answer)));
        let killed = Arc::new(Notify::new());
        let recorder = {
            let (queues, first) = (Arc::clone(&queues), Arc::clone(&first));
            let killed = Arc::clone(&killed);
            Recorder::start(move |call| {
                let answer = (first.lock().unwrap())(call);
                answer.or_else(|| respond(&mut queues.lock().unwrap(), call, &killed))
            })
        };
        Site {
            recorder,
            queues,
            first,
            killed,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// From now on this is asked first.
    pub fn answer(&self, answer: impl Fn(&Call) -> Option<Answer> + Send + Sync + 'static) {
        *self.first.lock().unwrap() = Box::new(answer);
    }

    /// Deploys, as a run of the program does: what an earlier run left open is settled first.
    pub async fn deploy(&self, text: &str) -> Done {
        let mut events = Vec::new();
        let (plan, outcome) = self.run(text, &mut events).await;
        Done {
            plan,
            outcome,
            events,
            state: self.state().await.unwrap(),
        }
    }

    /// The same, and it ends like a killed process when the server says so.
    pub async fn deploy_until_killed(&self, text: &str) {
        let mut events = Vec::new();
        tokio::select! {
            _ = self.run(text, &mut events) => panic!("it was not killed"),
            () = self.killed.notified() => {}
        }
    }

    async fn run(&self, text: &str, events: &mut Vec<Event>) -> (Plan, Outcome) {
        let evaluated = evaluated(text);
        let pseudo = pseudo();
        let providers = Providers::of(&cloud(&self.recorder.url()));
        let secrets = Secrets::new(&evaluated.parameters, "salt");
        let tags = BTreeMap::new();
        let mut store = self.store();
        let loaded = store.load().await.unwrap();
        let mut state = loaded.unwrap_or_else(|| State::new(STACK, REGION, ACCOUNT));
        let mut request = Request {
            structure: &evaluated.template,
            parameters: &evaluated.parameters,
            pseudo: &pseudo,
            state: &state,
            providers: &providers,
            secrets: &secrets,
            only: &[],
            exclude_code: false,
            tags: Some(&tags),
        };
        let before = state.clone();
        let mut settled = before.clone();
        request.state = &before;
        recover::recover(&mut settled, &request, &tags)
            .await
            .unwrap();
        request.state = &settled;
        let (plan, said) = plan(&request);
        assert!(!said.has_errors(), "{said:?}");
        state = settled.clone();
        let world = World {
            providers: &providers,
            structure: &evaluated.template,
            parameters: &evaluated.parameters,
            pseudo: &pseudo,
            secrets: &secrets,
            resolver: &Plain,
            tags: &tags,
            artifacts: Arc::default(),
            code: BTreeMap::new(),
            now: 1_800_000_000,
            back_to: None,
            paces: Paces::off(),
            stop: Arc::default(),
        };
        let mut tell = |event| events.push(event);
        let outcome = apply(&plan, &world, &mut state, &mut store, &mut tell).await;
        (plan, outcome.unwrap())
    }

    /// Asks for what is there, and takes it into the state.
    pub async fn refresh(&self) -> Vec<Drift> {
        let providers = Providers::of(&cloud(&self.recorder.url()));
        let mut store = self.store();
        let mut state = store.load().await.unwrap().unwrap();
        let drifts = recover::refresh(&mut state, &providers).await.unwrap();
        store.save(&state).await.unwrap();
        drifts
    }

    /// The state as it is written down.
    pub async fn state(&self) -> Option<State> {
        self.store().load().await.unwrap()
    }

    /// The text of the state's file.
    pub fn written(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("shop.json")).unwrap()
    }

    fn store(&self) -> FileStore {
        let holder = Holder {
            who: "ada@example".into(),
            machine: "tests".into(),
            process: 7,
            since: 1,
        };
        FileStore::new(self.folder.path().join("shop.json"), holder)
    }

    /// The operations since they were last asked for.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.recorder.take();
        calls.into_iter().map(|call| call.operation).collect()
    }

    /// The names of the queues there are.
    pub fn queues(&self) -> Vec<String> {
        self.queues.lock().unwrap().there.keys().cloned().collect()
    }

    /// The names of the queues that were made, in that order.
    pub fn made(&self) -> Vec<String> {
        self.queues.lock().unwrap().made.clone()
    }

    /// The names of the queues that were deleted, in that order.
    pub fn deleted(&self) -> Vec<String> {
        self.queues.lock().unwrap().deleted.clone()
    }

    /// The attributes of a queue.
    pub fn attributes(&self, name: &str) -> Map<String, Value> {
        self.queues.lock().unwrap().there[name].attributes.clone()
    }

    /// The tags of a queue.
    pub fn tags(&self, name: &str) -> Map<String, Value> {
        self.queues.lock().unwrap().there[name].tags.clone()
    }

    /// The ARN of a queue.
    pub fn arn(&self, name: &str) -> String {
        arn(name)
    }

    /// Somebody else makes a queue.
    pub fn put(&self, name: &str, tags: Value) {
        let queue = Queue {
            tags: tags.as_object().unwrap().clone(),
            ..Queue::default()
        };
        let mut queues = self.queues.lock().unwrap();
        queues.there.insert(name.to_owned(), queue);
    }

    /// Somebody else deletes a queue.
    pub fn remove(&self, name: &str) {
        self.queues.lock().unwrap().there.remove(name);
    }

    /// Somebody else changes a queue.
    pub fn set(&self, name: &str, attribute: &str, value: &str) {
        let mut queues = self.queues.lock().unwrap();
        let queue = queues.there.get_mut(name).unwrap();
        queue.attributes.insert(attribute.to_owned(), json!(value));
    }

    /// From now on a queue is made, and the answer says that there is one.
    pub fn refuse_creation_after_making(&self) {
        self.queues.lock().unwrap().refuses_after_making = true;
    }

    /// When this queue is made, the run is killed.
    pub fn kill_after_making(&self, name: &str) {
        self.queues.lock().unwrap().kills_after = Some(name.to_owned());
    }
}

fn pseudo() -> TemplateScope {
    TemplateScope::new(REGION)
        .account(ACCOUNT)
        .stack_name(STACK)
}

fn evaluated(text: &str) -> Evaluation {
    let mut sources = Sources::new();
    let (read, faults) = template::parse(&mut sources, "template.yaml", text.to_owned());
    assert!(!faults.has_errors(), "{faults:?}");
    let scope = pseudo();
    let inputs = Inputs {
        parameters: &BTreeMap::new(),
        scope: &scope,
        loader: &no_includes,
    };
    let (evaluated, faults) = evaluate(read.unwrap(), &inputs);
    assert!(!faults.has_errors(), "{faults:?}");
    evaluated
}

fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// What SQS says. Source: Amazon SQS API reference.
fn respond(queues: &mut Queues, call: &Call, killed: &Notify) -> Option<Answer> {
    let body = call.json();
    let url = body["QueueUrl"].as_str().unwrap_or_default();
    let by_url = url.rsplit('/').next().unwrap_or_default();
    let name = body["QueueName"].as_str().unwrap_or(by_url).to_owned();
    let url = format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}");
    if call.operation == "CreateQueue" {
        let object = |name: &str| body[name].as_object().cloned().unwrap_or_default();
        let mut attributes = object("Attributes");
        attributes.insert("QueueArn".into(), json!(arn(&name)));
        let tags = object("tags");
        let queue = Queue { attributes, tags };
        if queues.there.insert(name.clone(), queue).is_none() {
            queues.made.push(name.clone());
        }
        if queues.refuses_after_making {
            return Some(Answer::fault(
                call,
                400,
                "QueueNameExists",
                "already exists",
            ));
        }
        if queues.kills_after.as_ref() == Some(&name) {
            queues.kills_after = None;
            killed.notify_one();
            return Some(Answer::silence());
        }
        return Some(Answer::json(json!({ "QueueUrl": url })));
    }
    let Some(queue) = queues.there.get_mut(&name) else {
        return Some(Answer::fault(
            call,
            400,
            "QueueDoesNotExist",
            "no such queue",
        ));
    };
    let answer = match call.operation.as_str() {
        "GetQueueUrl" => json!({ "QueueUrl": url }),
        "GetQueueAttributes" => json!({ "Attributes": queue.attributes }),
        "ListQueueTags" => json!({ "Tags": queue.tags }),
        "SetQueueAttributes" => {
            queue
                .attributes
                .extend(body["Attributes"].as_object()?.clone());
            json!({})
        }
        "TagQueue" => {
            queue.tags.extend(body["Tags"].as_object()?.clone());
            json!({})
        }
        "UntagQueue" => json!({}),
        "DeleteQueue" => {
            queues.there.remove(&name);
            queues.deleted.push(name);
            json!({})
        }
        _ => return None,
    };
    Some(Answer::json(answer))
}
