using System.Text.RegularExpressions;

namespace Parley.GatewaySimulator.Tests.Recorded;

/// <summary>Where the simulator need not look like the recording. Each was looked at; the reason stands beside it.</summary>
internal static class AllowedDifferences
{
    private static readonly (string Pattern, string Reason)[] All =
    [
        (@"contextInfo\.statusAttributions:Array", "some runs of one version have it, others not"),
        (@"profilePic(ture)?Url:", "people have no pictures unless a test gives them one"),
        (@"body\.instance\.integration\.(integration|number)", "v1 fills it from what was loaded last"),
        (@"^body\.(always_online|read_messages|read_status|sync_full_history):", "v1 lacks them on an instance that stayed half made"),
        (@"senderKeyDistributionMessage", "the keys of groups are not simulated"),
        (@"^body\.webhook\.events\[\]", "v1 answers an empty list when the name was used before, although all are set"),
        (@"quotedMessage\.(conversation|extendedTextMessage)", "the phone that quotes copies the text in its own form"),
    ];

    public static bool Contains(string line) => All.Any(each => Regex.IsMatch(line, each.Pattern));
}
