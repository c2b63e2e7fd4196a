//! Every RPC of the API: implemented, restricted, or unknown.

use bytes::Bytes;
use prost_reflect::DescriptorPool;
use tonic::Code;

use crate::support::{Harness, info, start};

/// RPCs that clients may call and that the emulator does not implement.
const MISSING: [&str; 2] = ["AssignDomainsToConnection", "GetConnectionTestResult"];

async fn call(harness: &Harness, path: &str) -> Result<(), tonic::Status> {
    let mut client = harness.raw_grpc();
    client.ready().await.unwrap();
    client
        .unary(
            harness.with_token(()),
            path.parse().unwrap(),
            tonic_prost::ProstCodec::<(), ()>::default(),
        )
        .await
        .map(|_| ())
}

#[tokio::test]
async fn every_rpc_is_implemented_or_rejected_by_name() {
    let harness = start().await;
    let pool =
        DescriptorPool::decode(Bytes::from_static(scalekit::raw::FILE_DESCRIPTOR_SET)).unwrap();
    let auth = pool
        .get_extension_by_name("scalekit.v1.options.auth_option")
        .unwrap();
    let mut missing = Vec::new();
    let mut seen = 0;
    for service in pool.services() {
        let served = scalekit::raw::AGENTKIT_SERVICES.contains(&service.full_name());
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            let status = call(&harness, &path).await.err();
            let code = status.as_ref().map_or(Code::Ok, tonic::Status::code);
            if !served {
                assert_eq!(code, Code::Unimplemented, "{path}");
                assert!(status.unwrap().message().contains(method.name()));
                continue;
            }
            seen += 1;
            let options = method.options();
            let option = options.get_extension(&auth);
            let kind = option
                .as_message()
                .unwrap()
                .get_field_by_name("authentication_type")
                .unwrap()
                .as_enum_number()
                .unwrap();
            if kind & 4 == 0 {
                assert_eq!(code, Code::PermissionDenied, "{path}");
                let names = pool
                    .get_enum_by_name("scalekit.v1.options.AuthenticationType")
                    .unwrap();
                let name = names.get_value(kind).unwrap();
                assert!(status.unwrap().message().contains(name.name()), "{path}");
            } else if code == Code::Unimplemented {
                missing.push(method.name().to_owned());
            }
        }
    }
    // An empty request violates the rules of most RPCs before it is dispatched. This test finds
    // missing RPCs that accept an empty request; `missing_rpcs_are_unimplemented_by_name` covers
    // the others.
    assert!(
        missing.iter().all(|name| MISSING.contains(&name.as_str())),
        "{missing:?}"
    );
    assert_eq!(seen, 72);
}

#[tokio::test]
async fn missing_rpcs_are_unimplemented_by_name() {
    use scalekit::raw::connections as api;
    let harness = start().await;
    let status = harness
        .connections()
        .get_connection_test_result(harness.with_token(api::GetConnectionTestResultRequest {
            connection_id: "conn_1".to_owned(),
            test_request_id: "test_1".to_owned(),
        }))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert!(status.message().contains("GetConnectionTestResult"));
    let status = harness
        .connections()
        .assign_domains_to_connection(harness.with_token(api::AssignDomainsToConnectionRequest {
            organization_id: "org_1".to_owned(),
            connection_id: "conn_1".to_owned(),
            domain_ids: vec![],
        }))
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
}

#[tokio::test]
async fn other_services_are_unimplemented_by_name() {
    let harness = start().await;
    for path in [
        "/scalekit.v1.organizations.OrganizationService/ListOrganization",
        "/scalekit.v1.tools.ToolService/NoSuchTool",
    ] {
        let status = call(&harness, path).await.unwrap_err();
        assert_eq!(status.code(), Code::Unimplemented);
        assert!(status.message().contains(&path[1..]));
        assert_eq!(info(&status).error_code, "UNIMPLEMENTED");
    }
    let call = harness.emulator.calls().pop().unwrap();
    assert_eq!(call.rpc.as_deref(), Some("NoSuchTool"));
}
