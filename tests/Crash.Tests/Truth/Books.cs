using System.Text.Json.Nodes;

namespace Parley.Truth;

/// <summary>All that Parley tells of a tenant.</summary>
/// <param name="Events">By ascending position.</param>
internal sealed record Books(Kept Kept, IReadOnlyList<JsonNode> Events)
{
    public static async Task<Books> Read(ParleyClient client)
    {
        var kept = await Kept.Read(client);
        var events = new List<JsonNode>();
        var after = "0";
        while (true)
        {
            var page = (await client.Get($"/events?origin=live,sync,history&limit=200&after={after}", ("Accept", "application/json"))).Expect(200);
            events.AddRange(page.Data.Select(static e => e!.DeepClone()));
            after = page.Json["pagination"]!["next"]!.ToString();
            if (!page.Json["pagination"]!["hasMore"]!.GetValue<bool>())
            {
                return new Books(kept, events);
            }
        }
    }
}
