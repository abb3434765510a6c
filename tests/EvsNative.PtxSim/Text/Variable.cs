namespace EvsNative.PtxSim.Text;

/// <summary>
/// A declared variable or parameter: <c>.align 8 .b8 name[16]</c>.
/// </summary>
/// <param name="Name">its name</param>
/// <param name="Bytes">its size; -1 of an array whose size the launch gives</param>
/// <param name="Alignment">what its address is a multiple of</param>
internal sealed record Variable(string Name, int Bytes, int Alignment)
{
    /// <summary>Reads what follows the state space.</summary>
    public static Variable Parse(PtxScanner scanner)
    {
        int alignment = 0, size = 0;

        // What follows .ptr is about the memory that the parameter points to.
        bool isPointer = false;
        while (scanner.Next == '.')
        {
            string word = scanner.Word();
            if (word == ".ptr") isPointer = true;
            else if (word == ".align" && isPointer) Number(scanner);
            else if (word == ".align") alignment = Number(scanner);
            else if (PtxTypes.TryParse(word[1..], out var type)) size = type.Bytes();
            else if (word is not (".global" or ".shared" or ".local" or ".const"))
                throw new PtxSyntaxException(scanner.Line, $"'{word}' is not understood");
        }

        string name = scanner.Word();
        if (size == 0) throw new PtxSyntaxException(scanner.Line, $"{name} has no type");
        if (alignment == 0) alignment = size;
        if (!scanner.Take('[')) return new Variable(name, size, alignment);
        int bytes = scanner.Next == ']' ? -1 : size * Number(scanner);
        scanner.Expect(']');
        return new Variable(name, bytes, alignment);
    }

    private static int Number(PtxScanner scanner) =>
        int.TryParse(scanner.Word(), out int number) && number > 0
            ? number
            : throw new PtxSyntaxException(scanner.Line, "a positive number is missing");
}
