using System.ComponentModel.DataAnnotations;
using Parley.Domain.Sessions;

namespace Parley.Api.Resources;

/// <summary>A change of a session's settings: what is left out stays as it is, and null is what a new session has.</summary>
internal sealed record SessionSettingsChange
{
    private readonly bool _namesSendsPerMinute;
    private readonly bool _namesReceipts;

    /// <summary>How many messages leave within a minute, spread out; null = as the installation says.</summary>
    [Range(1, 600)]
    public int? SendsPerMinute
    {
        get;
        init => (field, _namesSendsPerMinute) = (value, true);
    }

    /// <summary>Whether marking a conversation read shows blue ticks to the customer.</summary>
    public bool? Receipts
    {
        get;
        init => (field, _namesReceipts) = (value, true);
    }

    public SettingsChange ToChange() => new()
    {
        NamesSendsPerMinute = _namesSendsPerMinute,
        SendsPerMinute = SendsPerMinute,
        Receipts = _namesReceipts ? Receipts ?? SessionSettings.Default.Receipts : null,
    };
}
