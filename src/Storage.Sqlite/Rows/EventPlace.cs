namespace Parley.Storage.Sqlite.Rows;

/// <summary>The row id of an event: tenant (below 2^23), then position (below 2^40).</summary>
internal static class EventPlace
{
    private const int PositionBits = 40;
    private const long PositionMask = (1L << PositionBits) - 1;

    public static long Of(long tenant, long position) => (tenant << PositionBits) | position;

    public static long Last(long tenant) => Of(tenant, PositionMask);

    public static long Position(long place) => place & PositionMask;
}
