using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Parley.Storage.Sqlite.Engine;

/// <summary>A prepared statement of one connection. Disposing it makes it ready for its next use.</summary>
internal sealed class Statement(Connection connection, sqlite3_stmt handle) : IDisposable
{
    private const int StackBytes = 512;

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, long? value) => value is { } known ? Bind(index, known) : this;

    public Statement Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    /// <summary>Binds text; null binds NULL.</summary>
    public Statement Bind(int index, string? value)
    {
        if (value is null)
        {
            return this;
        }

        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        Span<byte> buffer = size <= StackBytes ? stackalloc byte[StackBytes] : (rented = ArrayPool<byte>.Shared.Rent(size));
        try
        {
            return BindText(index, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Binds text that is UTF-8 already.</summary>
    public Statement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(handle, index, utf8));
        return this;
    }

    /// <summary>Binds a blob; null binds NULL.</summary>
    public Statement Bind(int index, byte[]? value) => value is null ? this : BindBlob(index, value);

    public Statement BindBlob(int index, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, which SQLite would take for NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    /// <summary>Binds an id so that blobs sort as the ids do: big-endian.</summary>
    public Statement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BindBlob(index, bytes);
    }

    /// <returns>True when there is a row to read.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw connection.Error(code),
        };
    }

    /// <summary>Runs it to its end and makes it ready for its next use.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        using (this)
        {
            while (Step())
            {
            }

            return connection.Changes;
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int32(int column) => raw.sqlite3_column_int(handle, column);

    public long? MaybeInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public string? MaybeText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>Text or blob, valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public Guid Guid(int column) => new(Bytes(column), bigEndian: true);

    /// <summary>Ends the use: the statement lets go of its snapshot and forgets its values.</summary>
    public void Dispose()
    {
        // The result of reset repeats the error of the last step, which was thrown there.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
    }

    public void Close() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw connection.Error(code);
        }
    }
}
