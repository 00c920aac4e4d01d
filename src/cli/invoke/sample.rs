//! An event made on the fly: `--event-type sqs --body …`.

use super::event::{EventArguments, MAX_EVENT};
use crate::cli::event::refuse;
use crate::cli::project::fail;
use crate::cli::{Exit, Stop};
use crate::sample::{Sample, SampleError, find};
use crate::ui::Ui;

/// The event that the flags describe; none without `--event-type`.
///
/// # Errors
/// When there is no such event or parameter, or a value is of another type; it has been said.
pub(super) fn made(arguments: &EventArguments, ui: &Ui) -> Result<Option<String>, Stop> {
    let Some(wanted) = &arguments.event_type else {
        return Ok(None);
    };
    let event = match find(wanted).and_then(|sample| filled(sample, arguments)) {
        Ok(event) => event,
        Err(error) => return refuse(ui, &error),
    };
    if event.len() > MAX_EVENT {
        fail(ui, "the event is larger than the 6 MB that Lambda takes")?;
        return Err(Stop::Said(Exit::Input));
    }
    Ok(Some(event))
}

fn filled(sample: &Sample, arguments: &EventArguments) -> Result<String, SampleError> {
    let body = match &arguments.body {
        Some(text) => Some((sample.payload()?, text.as_str())),
        None => None,
    };
    let parameters = arguments.event_param.iter();
    let given = parameters.map(|(name, text)| (name.as_str(), text.as_str()));
    let values = sample.read(given.chain(body))?;
    Ok(sample.render(&values).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Format;
    use serde_json::Value;

    fn arguments(
        event_type: &str,
        parameters: &[(&str, &str)],
        body: Option<&str>,
    ) -> EventArguments {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        EventArguments {
            event: None,
            event_type: Some(event_type.into()),
            event_param: parameters.iter().map(owned).collect(),
            body: body.map(str::to_owned),
        }
    }

    fn event(arguments: &EventArguments) -> Value {
        let (ui, _) = Ui::captured(Format::Text);
        serde_json::from_str(&made(arguments, &ui).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn the_body_is_what_the_event_is_about() {
        let sqs = event(&arguments("sqs", &[("queue-name", "Q")], Some("\"hi\"")));
        assert_eq!(sqs["Records"][0]["body"], "\"hi\"");
        assert_eq!(
            sqs["Records"][0]["eventSourceARN"],
            "arn:aws:sqs:us-east-1:123456789012:Q"
        );
        let sns = event(&arguments("sns", &[], Some("hi")));
        assert_eq!(sns["Records"][0]["Sns"]["Message"], "hi");
        let custom = event(&arguments("eventbridge", &[], Some("{\"a\": 1}")));
        assert_eq!(custom["detail"]["a"], 1);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_next_step() {
        for (arguments, what, help) in [
            (
                arguments("sqss", &[], None),
                "`sqss`",
                "did you mean `sqs`?",
            ),
            (
                arguments("cognito", &[], None),
                "several",
                "cognito/pre-sign-up",
            ),
            (
                arguments("sqs", &[("bdy", "x")], None),
                "`bdy`",
                "did you mean `body`?",
            ),
            (
                arguments("s3", &[], Some("x")),
                "has no body",
                "generate s3 put --help",
            ),
            (
                arguments("kafka", &[("offset", "x")], None),
                "whole number",
                "quote",
            ),
        ] {
            let (ui, said) = Ui::captured(Format::Text);
            let stop = made(&arguments, &ui).unwrap_err();
            assert!(matches!(stop, Stop::Said(Exit::Usage)));
            assert!(
                said.err().contains(what) && said.err().contains(help),
                "{}",
                said.err()
            );
        }
    }
}
