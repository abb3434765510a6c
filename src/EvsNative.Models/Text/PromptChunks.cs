namespace EvsNative.Models;

/// <summary>What the text encoder reads at once.</summary>
/// <param name="Ids">begin, up to 75 ids, end, and end again up to 77</param>
/// <param name="Weights">one for each id: 1 for begin, end and filling</param>
internal sealed record PromptChunk(int[] Ids, float[] Weights);

/// <summary>
/// A prompt in chunks, as A1111's web UI cuts it. A chunk ends when it is full and at every BREAK; where it is full, what stands behind
/// its last comma goes to the next chunk, if that comma is one of its last 20 ids. The vectors of one textual inversion stay together.
/// </summary>
internal sealed class PromptChunks
{
    /// <summary>Most chunks of a prompt: 2,400 tokens. What is longer is cut.</summary>
    public const int Most = 32;

    private const int Reach = 20;

    private readonly IPromptTokenizer _tokenizer;
    private readonly int _size, _comma;
    private readonly List<PromptChunk> _chunks = [];
    private List<(int Id, float Weight)> _open = [];
    private int _lastComma = -1;

    private PromptChunks(IPromptTokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        _size = tokenizer.Length - 2;
        _comma = tokenizer.Words(",") is [var id] ? id : -1;
    }

    /// <summary>The chunks, at least one.</summary>
    public IReadOnlyList<PromptChunk> All => _chunks;

    /// <summary>Ids of the prompt, vectors counted as ids.</summary>
    public int Tokens { get; private set; }

    /// <summary>Ids that were left out at its end.</summary>
    public int Cut { get; private set; }

    /// <summary>Cuts a prompt.</summary>
    public static PromptChunks Of(PromptText prompt, IPromptTokenizer tokenizer, PromptWords words)
    {
        var made = new PromptChunks(tokenizer);
        foreach (var piece in prompt.Pieces)
        {
            if (piece.Text is null)
            {
                if (made._chunks.Count < Most) made.Close();
                continue;
            }

            foreach (var part in words.Split(piece.Text))
            {
                if (part.Rows.Count > 0) made.Add(part.Rows, (float)piece.Weight);
                else foreach (int id in tokenizer.Words(part.Text)) made.Add([id], (float)piece.Weight);
            }
        }

        if ((made._open.Count > 0 || made._chunks.Count == 0) && made._chunks.Count < Most) made.Close();
        return made;
    }

    /// <summary>Ids that may not be parted.</summary>
    private void Add(IReadOnlyList<int> ids, float weight)
    {
        Tokens += ids.Count;
        bool isComma = ids.Count == 1 && ids[0] == _comma;
        if (_open.Count == _size && !isComma && _lastComma >= 0 && _size - _lastComma <= Reach) CloseAtComma();
        if (_open.Count + ids.Count > _size && _chunks.Count < Most) Close();
        if (_chunks.Count == Most)
        {
            Cut += ids.Count;
            return;
        }

        if (isComma) _lastComma = _open.Count;
        _open.AddRange(ids.Select(id => (id, weight)));
    }

    private void CloseAtComma()
    {
        var moved = _open[(_lastComma + 1)..];
        _open.RemoveRange(_lastComma + 1, moved.Count);
        Close();
        if (_chunks.Count < Most) _open = moved;
        else Cut += moved.Count;
    }

    private void Close()
    {
        int[] ids = new int[_tokenizer.Length];
        float[] weights = new float[_tokenizer.Length];
        Array.Fill(ids, _tokenizer.EndId);
        Array.Fill(weights, 1);
        ids[0] = _tokenizer.BeginId;
        for (int i = 0; i < _open.Count; i++) (ids[i + 1], weights[i + 1]) = _open[i];
        _chunks.Add(new PromptChunk(ids, weights));
        _open = [];
        _lastComma = -1;
    }
}
