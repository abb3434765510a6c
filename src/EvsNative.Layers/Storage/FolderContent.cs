namespace EvsNative.Layers;

/// <summary>What the program puts into a folder of its own, and so may replace.</summary>
/// <param name="Word">its name in messages</param>
/// <param name="Alternative">what could be given in place of a folder, as the end of a sentence</param>
/// <param name="IsOurs">whether a file or folder inside, by its full path, is of this kind</param>
internal sealed record FolderContent(string Word, string Alternative, Func<string, bool> IsOurs);
