using System.Text.Json.Nodes;

namespace Parley.GatewaySimulator.Instances;

/// <summary>The settings that a new instance has.</summary>
internal static class InstanceSettings
{
    /// <summary>v1 ignores groups whatever was asked for.</summary>
    public static JsonObject Initial(Dialect dialect) => dialect.IsV1
        ? new JsonObject
        {
            ["reject_call"] = false,
            ["msg_call"] = "",
            ["groups_ignore"] = true,
            ["always_online"] = false,
            ["read_messages"] = false,
            ["read_status"] = false,
            ["sync_full_history"] = false,
        }
        : new JsonObject
        {
            ["rejectCall"] = false,
            ["msgCall"] = "",
            ["groupsIgnore"] = false,
            ["alwaysOnline"] = false,
            ["readMessages"] = false,
            ["readStatus"] = false,
            ["syncFullHistory"] = false,
            ["wavoipToken"] = "",
        };

    public static bool IgnoresGroups(Instance instance) =>
        instance.Settings.Flag(instance.Gateway.Dialect.IsV1 ? "groups_ignore" : "groupsIgnore") == true;
}
