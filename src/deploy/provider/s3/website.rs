//! A bucket that is read as a website.

use aws_sdk_s3::types as sdk;

use crate::aws::Fault;

use super::setting::Setting;
use super::{Properties, S3, done, set};

impl S3 {
    pub(super) async fn put_website(&self, setting: &Setting<'_>) -> Result<(), Fault> {
        let Some(wanted) = setting.wanted.object("WebsiteConfiguration")? else {
            let request = self.client.delete_bucket_website().bucket(setting.bucket);
            return set("DeleteBucketWebsite", request.send().await).map(|_| ());
        };
        let answer = self
            .client
            .put_bucket_website()
            .bucket(setting.bucket)
            .website_configuration(website(&wanted)?)
            .send()
            .await;
        done("PutBucketWebsite", answer).map(|_| ())
    }
}

pub(super) fn website(wanted: &Properties<'_>) -> Result<sdk::WebsiteConfiguration, Fault> {
    let mut built = sdk::WebsiteConfiguration::builder();
    if let Some(key) = wanted.text("ErrorDocument")? {
        built = built.error_document(sdk::ErrorDocument::builder().key(key).build()?);
    }
    if let Some(suffix) = wanted.text("IndexDocument")? {
        built = built.index_document(sdk::IndexDocument::builder().suffix(suffix).build()?);
    }
    if let Some(redirect) = wanted.object("RedirectAllRequestsTo")? {
        built = built.redirect_all_requests_to(
            sdk::RedirectAllRequestsTo::builder()
                .set_host_name(redirect.text("HostName")?)
                .set_protocol(redirect.choice("Protocol")?)
                .build()?,
        );
    }
    for rule in wanted.objects("RoutingRules")? {
        built = built.routing_rules(routing_rule(&rule)?);
    }
    Ok(built.build())
}

fn routing_rule(rule: &Properties<'_>) -> Result<sdk::RoutingRule, Fault> {
    let mut built = sdk::RoutingRule::builder();
    if let Some(redirect) = rule.object("RedirectRule")? {
        built = built.redirect(
            sdk::Redirect::builder()
                .set_host_name(redirect.text("HostName")?)
                .set_http_redirect_code(redirect.text("HttpRedirectCode")?)
                .set_protocol(redirect.choice("Protocol")?)
                .set_replace_key_prefix_with(redirect.text("ReplaceKeyPrefixWith")?)
                .set_replace_key_with(redirect.text("ReplaceKeyWith")?)
                .build(),
        );
    }
    if let Some(condition) = rule.object("RoutingRuleCondition")? {
        built = built.condition(
            sdk::Condition::builder()
                .set_http_error_code_returned_equals(condition.text("HttpErrorCodeReturnedEquals")?)
                .set_key_prefix_equals(condition.text("KeyPrefixEquals")?)
                .build(),
        );
    }
    Ok(built.build())
}
