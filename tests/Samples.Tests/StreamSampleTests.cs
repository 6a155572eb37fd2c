using System.Globalization;

namespace Parley.Samples.Tests;

public sealed class StreamSampleTests
{
    public static TheoryData<string> Languages => Sample.Languages;

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task the_stream_is_followed_from_where_it_was_left(string language)
    {
        await using var parley = await ParleyProcess.Start();
        var tenant = await parley.NewTenant();
        using var client = tenant.Client;
        using var directory = new TemporaryDirectory();
        for (var i = 0; i < 3; i++)
        {
            await tenant.Accept(Webhook.Text("5511987650009", $"before {i}"));
        }

        var before = await Events(client);
        var first = await Follow(parley, tenant, language, directory.Path, most: 2);

        await tenant.Accept(Webhook.Text("5511987650010", "while it was away"));
        var all = await Events(client);
        Assert.True(all.Count > before.Count);
        var second = await Follow(parley, tenant, language, directory.Path, most: all.Count - 2);

        Assert.Equal(all, [.. first, .. second]);
    }

    private static async Task<IReadOnlyList<string>> Follow(ParleyProcess parley, TestTenant tenant, string language, string directory, int most)
    {
        await using var sample = Sample.Start(
            language,
            "follow-events",
            ("PARLEY_URL", parley.Address.ToString().TrimEnd('/')),
            ("PARLEY_KEY", tenant.ApiKey),
            ("PLACE", Path.Combine(directory, "place.txt")),
            ("MOST", most.ToString(CultureInfo.InvariantCulture)));
        return await sample.Ends();
    }

    /// <summary>The same log as a list, in the form in which the samples print it.</summary>
    private static async Task<IReadOnlyList<string>> Events(ParleyClient client)
    {
        var answer = await client.Get("/events?after=0&limit=200", ("Accept", "application/json"));
        answer.Expect(200);
        return [.. answer.Json["data"]!.AsArray().Select(e => $"{e!["position"]} {e["type"]} {e["subject"]}")];
    }
}
