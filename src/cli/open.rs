//! `hoist open`: the console's page of something of the stack, or the address of its API.

use std::process::Stdio;

use clap::Args;
use serde_json::Map;

use super::project::fail;
use super::stack::StackArguments;
use super::{Exit, Stop};
use crate::config::{Environment, Given};
use crate::deploy::state::{Recorded, State};
use crate::diag::did_you_mean;
use crate::ui::Ui;

/// Open the AWS console at a resource of a deployed stack, or the address of its API
///
/// Prints the address and opens the browser; without a terminal, and with --print, it only prints.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A logical id or a name; `api` for the address of the API; `logs:FUNCTION` for its log group
    /// [default: the address of the API, the only function]
    #[arg(value_name = "WHAT")]
    what: Option<String>,

    /// Print the address, open nothing
    #[arg(long)]
    print: bool,

    #[command(flatten)]
    stack: StackArguments,
}

/// Finds the address and opens it.
pub async fn run(arguments: &Arguments, environment: &Environment, ui: &Ui) -> Result<Exit, Stop> {
    let configured = arguments
        .stack
        .configure(None, Given::default(), environment, ui)?;
    let mut connected = configured.connect(environment, ui).await?;
    let state = connected.existing(ui).await?;
    let found = match find(&state, arguments.what.as_deref()) {
        Ok(found) => found,
        Err(Unknown(text, help)) => {
            fail(ui, &text)?;
            ui.help(&help)?;
            return Err(Stop::Said(Exit::Input));
        }
    };
    // An API's own address is as good there as anywhere.
    if found.is_console && connected.cloud.has_own_endpoint() {
        fail(
            ui,
            "there is no console: calls go to an address of yours, not to AWS (AWS_ENDPOINT_URL)",
        )?;
        ui.help("`hoist open api` gives the address of the API, `hoist status` what there is")?;
        return Err(Stop::Said(Exit::Input));
    }
    ui.data_line(&found.address)?;
    if arguments.print || !ui.prints_to_terminal() {
        return Ok(Exit::Ok);
    }
    if let Err(text) = browse(&found.address) {
        ui.warning(&format!("no browser could be opened: {text}"))?;
    }
    Ok(Exit::Ok)
}

/// Hands an address to the platform, without a shell in between.
fn browse(address: &str) -> Result<(), String> {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        // What `start` does, without cmd.exe, which would read `&` in the address.
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    std::process::Command::new(program)
        .args(before)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
        .map_err(|error| format!("{program}: {error}"))
}

#[derive(Debug, PartialEq)]
struct Found {
    address: String,
    is_console: bool,
}

/// What is wrong, and what to do.
#[derive(Debug, PartialEq)]
struct Unknown(String, String);

const APIS: [&str; 2] = ["AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];

fn find(state: &State, what: Option<&str>) -> Result<Found, Unknown> {
    let what = match what {
        Some(what) => what,
        None => return first(state),
    };
    if let Some(name) = what.strip_prefix("logs:") {
        let (id, one) = named(state, name)?;
        return match one.resource_type.as_str() {
            "AWS::Lambda::Function" => Ok(console(state, &logs_of(one))),
            "AWS::Logs::LogGroup" => Ok(console(state, &log_group(&one.reference))),
            other => Err(Unknown(
                format!("`{id}` is a {other}, which has no log group of its own"),
                "name a function or a log group".into(),
            )),
        };
    }
    // An id of the user's comes before our word.
    if what == "api" && !state.resources.contains_key(what) {
        return api(state);
    }
    let (id, one) = named(state, what)?;
    page(state, one).map_or_else(
        || {
            Err(Unknown(
                format!(
                    "no page of the console is known for `{id}` ({})",
                    one.resource_type
                ),
                "`hoist status` shows its name or id".into(),
            ))
        },
        |page| Ok(console(state, &page)),
    )
}

/// Without a word: the API, or the only function.
fn first(state: &State) -> Result<Found, Unknown> {
    if let Ok(found) = api(state) {
        return Ok(found);
    }
    let functions: Vec<&str> = of_types(state, &["AWS::Lambda::Function"])
        .map(|(id, _)| id)
        .collect();
    match functions.as_slice() {
        [only] => find(state, Some(only)),
        _ => {
            let ids: Vec<&str> = state.resources.keys().map(String::as_str).collect();
            Err(Unknown(
                format!("say what of the stack `{}` to open", state.stack),
                format!("it has {}", ids.join(", ")),
            ))
        }
    }
}

fn of_types<'a>(
    state: &'a State,
    types: &'a [&str],
) -> impl Iterator<Item = (&'a str, &'a Recorded)> {
    state
        .resources
        .iter()
        .filter(|(_, one)| types.contains(&one.resource_type.as_str()))
        .map(|(id, one)| (id.as_str(), one))
}

fn named<'a>(state: &'a State, what: &str) -> Result<(&'a str, &'a Recorded), Unknown> {
    let mut all = state.resources.iter();
    let found = all.find(|(id, one)| *id == what || one.reference == what);
    found.map(|(id, one)| (id.as_str(), one)).ok_or_else(|| {
        let ids = state.resources.keys().map(String::as_str);
        Unknown(
            format!("the stack `{}` has no `{what}`", state.stack),
            did_you_mean(what, ids).unwrap_or_else(|| "`hoist status` shows what it has".into()),
        )
    })
}

/// The address of the stack's API, with the stage where it is part of the address.
fn api(state: &State) -> Result<Found, Unknown> {
    let apis: Vec<(&str, &Recorded)> = of_types(state, &APIS).collect();
    let [(_, api)] = apis.as_slice() else {
        return Err(match apis.len() {
            0 => Unknown(
                format!("the stack `{}` has no API", state.stack),
                "name a resource: `hoist status` shows what there is".into(),
            ),
            _ => Unknown(
                format!("the stack `{}` has several APIs", state.stack),
                format!(
                    "their outputs have the addresses (`hoist outputs`); or name one: {}",
                    apis.iter()
                        .map(|(id, _)| *id)
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ),
        });
    };
    let stages = of_types(
        state,
        &["AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"],
    );
    let names: Vec<&str> = stages
        .filter_map(|(_, stage)| stage.properties.get("StageName")?.as_str())
        .collect();
    let stage = match names.as_slice() {
        [] | ["$default", ..] => String::new(),
        [first, ..] => format!("/{first}"),
    };
    let base = match text(&api.attributes, "ApiEndpoint") {
        Some(endpoint) => endpoint.replacen("wss://", "https://", 1),
        None => format!(
            "https://{}.execute-api.{}.{}",
            api.reference,
            state.region,
            crate::eval::url_suffix(&state.region)
        ),
    };
    Ok(Found {
        address: format!("{base}{stage}/"),
        is_console: false,
    })
}

fn text<'a>(attributes: &'a Map<String, serde_json::Value>, name: &str) -> Option<&'a str> {
    attributes.get(name)?.as_str()
}

/// The console's page behind its host. None when we know none.
fn page(state: &State, one: &Recorded) -> Option<String> {
    let region = &state.region;
    let name = escaped(&one.reference);
    let arn = text(&one.attributes, "Arn").map(escaped);
    Some(match one.resource_type.as_str() {
        "AWS::Lambda::Function" => format!("lambda/home?region={region}#/functions/{name}"),
        "AWS::Lambda::LayerVersion" => format!("lambda/home?region={region}#/layers"),
        "AWS::DynamoDB::Table" => format!("dynamodbv2/home?region={region}#table?name={name}"),
        "AWS::S3::Bucket" => format!("s3/buckets/{name}?region={region}"),
        "AWS::SQS::Queue" => format!("sqs/v3/home?region={region}#/queues/{name}"),
        "AWS::SNS::Topic" => format!("sns/v3/home?region={region}#/topic/{}", one.reference),
        "AWS::StepFunctions::StateMachine" => {
            format!("states/home?region={region}#/statemachines/view/{name}")
        }
        "AWS::Logs::LogGroup" => log_group(&one.reference),
        "AWS::IAM::Role" => format!("iam/home#/roles/details/{name}"),
        "AWS::IAM::ManagedPolicy" => format!("iam/home#/policies/details/{name}"),
        "AWS::ApiGateway::RestApi" => {
            format!("apigateway/main/apis/{name}/resources?api={name}&region={region}")
        }
        "AWS::ApiGatewayV2::Api" => {
            format!("apigateway/main/api-detail?api={name}&region={region}")
        }
        "AWS::Events::EventBus" => format!("events/home?region={region}#/eventbus/{name}"),
        "AWS::Events::Rule" => {
            let bus = text(&one.properties, "EventBusName").unwrap_or("default");
            let rule = one.reference.rsplit('|').next().unwrap_or_default();
            format!(
                "events/home?region={region}#/eventbus/{}/rules/{}",
                escaped(bus),
                escaped(rule)
            )
        }
        "AWS::Scheduler::Schedule" => {
            let group = text(&one.properties, "GroupName").unwrap_or("default");
            format!(
                "scheduler/home?region={region}#schedules/{}/{name}",
                escaped(group)
            )
        }
        "AWS::CloudWatch::Alarm" => {
            format!("cloudwatch/home?region={region}#alarmsV2:alarm/{name}")
        }
        "AWS::KMS::Key" => format!("kms/home?region={region}#/kms/keys/{name}"),
        "AWS::SecretsManager::Secret" => {
            format!(
                "secretsmanager/secret?name={}&region={region}",
                arn.unwrap_or(name)
            )
        }
        "AWS::Cognito::UserPool" => {
            format!("cognito/v2/idp/user-pools/{name}/info/overview?region={region}")
        }
        "AWS::Kinesis::Stream" => format!("kinesis/home?region={region}#/streams/details/{name}"),
        _ => return None,
    })
}

/// The log group that a function writes to.
fn logs_of(function: &Recorded) -> String {
    let named = function
        .properties
        .get("LoggingConfig")
        .and_then(|config| config.get("LogGroup"))
        .and_then(|group| group.as_str());
    match named {
        Some(group) => log_group(group),
        None => log_group(&format!("/aws/lambda/{}", function.reference)),
    }
}

/// The console escapes what stands behind its `#` twice, and writes `$` for `%`.
fn log_group(name: &str) -> String {
    let twice = escaped(&escaped(name)).replace('%', "$");
    format!("cloudwatch/home#logsV2:log-groups/log-group/{twice}")
}

/// Percent-encoded, but for letters, digits and `-._~`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Each partition has its own console. Source: AWS SDKs' `partitions.json` and the consoles' own addresses.
fn console(state: &State, page: &str) -> Found {
    let region = &state.region;
    let host = match crate::eval::partition(region) {
        "aws-cn" => format!("{region}.console.amazonaws.cn"),
        "aws-us-gov" => "console.amazonaws-us-gov.com".to_owned(),
        _ => format!("{region}.console.aws.amazon.com"),
    };
    Found {
        address: format!("https://{host}/{page}"),
        is_console: true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn state(resources: &[(&str, &str, &str, serde_json::Value)]) -> State {
        let mut state = State::new("shop", "eu-central-1", "123456789012");
        for (id, resource_type, reference, properties) in resources {
            let recorded = json!({
                "type": resource_type, "reference": reference, "properties": properties,
            });
            let recorded = serde_json::from_value(recorded).unwrap();
            state.resources.insert((*id).to_owned(), recorded);
        }
        state
    }

    #[test]
    fn functions_and_their_logs_have_pages() {
        let state = state(&[("Work", "AWS::Lambda::Function", "shop-Work-1", json!({}))]);
        let page = "https://eu-central-1.console.aws.amazon.com/lambda/home?region=eu-central-1#/functions/shop-Work-1";
        for what in [Some("Work"), Some("shop-Work-1"), None] {
            assert_eq!(find(&state, what).unwrap().address, page);
        }
        assert_eq!(
            find(&state, Some("logs:Work")).unwrap().address,
            "https://eu-central-1.console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fshop-Work-1"
        );
        let Unknown(text, help) = find(&state, Some("Wrok")).unwrap_err();
        assert_eq!(text, "the stack `shop` has no `Wrok`");
        assert!(help.contains("Work"), "{help}");
    }

    #[test]
    fn an_api_is_opened_with_its_stage() {
        let rest = state(&[
            ("Api", "AWS::ApiGateway::RestApi", "abc", json!({})),
            (
                "Stage",
                "AWS::ApiGateway::Stage",
                "Prod",
                json!({"StageName": "Prod"}),
            ),
        ]);
        let expected = "https://abc.execute-api.eu-central-1.amazonaws.com/Prod/";
        assert_eq!(find(&rest, Some("api")).unwrap().address, expected);
        let http = state(&[
            ("Api", "AWS::ApiGatewayV2::Api", "abc", json!({})),
            (
                "Stage",
                "AWS::ApiGatewayV2::Stage",
                "$default",
                json!({"StageName": "$default"}),
            ),
        ]);
        let found = find(&http, None).unwrap();
        assert_eq!(
            found.address,
            "https://abc.execute-api.eu-central-1.amazonaws.com/"
        );
        assert!(!found.is_console);
        assert!(find(&state(&[]), Some("api")).is_err());
    }

    #[test]
    fn a_name_cannot_leave_its_place_in_the_address() {
        let state = state(&[("Q", "AWS::SQS::Queue", "https://sqs/1/a b&c", json!({}))]);
        let address = find(&state, Some("Q")).unwrap().address;
        assert!(
            address.ends_with("#/queues/https%3A%2F%2Fsqs%2F1%2Fa%20b%26c"),
            "{address}"
        );
    }
}
