namespace EvsNative.Fuzz.Running;

/// <summary>A file that a parser is given.</summary>
/// <param name="Name">its path in the case's folder, with slashes</param>
/// <param name="Bytes">its content</param>
internal sealed record FuzzFile(string Name, byte[] Bytes);
